import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Product code imports with `@/…`, and `server-only` throws outside Next unless its empty twin is taken. */
const resolve = {
  alias: [
    { find: /^@\//, replacement: root },
    { find: /^server-only$/, replacement: `${root}node_modules/server-only/empty.js` },
  ],
};

const exclude = [...configDefaults.exclude, "**/.next/**", "**/.devstack/**", "tests/laws/planted/**", "tests/e2e/**"];

/**
 * The tiers that vitest runs; `npm test -- --tier <name>` runs one alone. Nothing is ever retried: a test that
 * fails now and then is a defect, in the product or in the test.
 */
export default defineConfig({
  resolve,
  test: {
    retry: 0,
    allowOnly: !process.env["CI"],
    passWithNoTests: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [
      {
        resolve,
        test: {
          name: "unit",
          include: [
            "{app,components,lib,inngest,worker,devstack,scripts,bench,tests/simulation}/**/*.test.{ts,tsx}",
            "*.test.ts",
          ],
          exclude,
          env: { LOG_LEVEL: "silent" },
        },
      },
      {
        resolve,
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          exclude,
          globalSetup: ["tests/support/setup/integration.ts"],
          // Tests kill databases under the driver, which must not take the worker along.
          setupFiles: ["devstack/postgres/repair-driver.ts"],
          env: { LOG_LEVEL: "silent" },
          // Two cores: each worker owns a database and a Supabase API, which a third would only slow down.
          maxWorkers: 2,
          // Not a measure of speed: on a busy machine what is right still passes.
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        resolve,
        test: {
          name: "ops",
          include: ["tests/ops/**/*.test.ts"],
          exclude,
          env: { LOG_LEVEL: "silent" },
          testTimeout: 240_000,
        },
      },
      {
        resolve,
        test: {
          // Seeds in processes of their own: tests/simulation.
          name: "simulation",
          include: ["tests/simulation/**/*.sim.ts"],
          exclude,
          env: { LOG_LEVEL: "silent" },
          maxConcurrency: 64,
          testTimeout: 3_600_000,
          hookTimeout: 600_000,
        },
      },
      {
        resolve,
        test: {
          name: "laws",
          include: ["tests/laws/*.test.ts"],
          exclude,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
