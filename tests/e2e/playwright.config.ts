import { accessSync, constants } from "node:fs";
import path from "node:path";
import { defineConfig } from "@playwright/test";

/** Chromium of the system: nothing is downloaded. Null where there is none, which the global setup refuses. */
function chromium(): string | null {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean);
  for (const name of names) {
    for (const file of folders.map((folder) => path.join(folder, name))) {
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        continue;
      }
    }
  }
  return null;
}

const executablePath = chromium();

/** Headless Chromium through real pages of a production build, on an embedded stack of this run's own. */
export default defineConfig({
  testDir: import.meta.dirname,
  testMatch: "**/*.spec.ts",
  outputDir: "../../test-results",
  globalSetup: "./global-setup.ts",
  retries: 0,
  // Two cores carry the stack, the server and the browsers; tests in one file run in order.
  workers: 2,
  fullyParallel: false,
  forbidOnly: Boolean(process.env["CI"]),
  // Not a measure of speed: a machine that is busy with other work must not fail what is right.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: "list",
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath === null ? {} : { executablePath }),
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
