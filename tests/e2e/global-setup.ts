import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FullConfig } from "@playwright/test";
import { findPeer } from "../../devstack/control.ts";
import { agreeably } from "../support/agreeable-model.ts";
import { startAiProvider } from "../support/ai-provider.ts";
import { startOsv } from "../support/osv.ts";
import { projectRoot } from "../support/run-tool.ts";
import { advisoriesAbout } from "./osv-advisories.ts";
import { startProduct } from "./product.ts";

/**
 * Starts the whole product as people do (`npm start`), with a state folder of its own and on free ports, so that two
 * runs and a running `npm start` do not meet. Answers with what stops it and removes the folder.
 *
 * OSV and the model are stand-ins of this run's own: nothing leaves the machine. The model says what it is asked for in the
 * plainest way that holds to our checks.
 *
 * With E2E_STATE_DIR naming the state folder of a product that runs already, that one is used and left running: for
 * working on a test, never in a whole run.
 * @throws when there is no Chromium: here, and not in the configuration, which other tools load on machines without one
 */
export default async function globalSetup(config: FullConfig): Promise<() => Promise<void>> {
  if (!config.projects[0]?.use.launchOptions?.executablePath)
    throw new Error(
      "Chromium is not on the PATH, so the browser tests cannot run. Install it: sudo apt-get install -y chromium",
    );
  const running = process.env["E2E_STATE_DIR"];
  if (running) {
    await announce(running);
    return async () => {};
  }
  const osv = await startOsv(advisoriesAbout(await readFile(path.join(projectRoot, "package-lock.json"), "utf8")));
  const model = await startAiProvider();
  model.says(agreeably);
  const stop = async () => {
    await product.stop();
    await osv.close();
    await model.close();
  };
  const product = await startProduct([], {
    OSV_API_URL: osv.url,
    AI_ANTHROPIC_API_KEY: "sk-ant-browser-tests",
    AI_ANTHROPIC_URL: model.url,
  });
  try {
    await announce(product.stateDir);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Tells the workers, through the environment, where everything is. */
async function announce(stateDir: string): Promise<void> {
  const peer = await findPeer(stateDir);
  if (!peer) throw new Error(`No product runs on ${stateDir}.`);
  const { env, services } = (await peer.status()) as {
    env: Record<string, string>;
    services: readonly { name: string; url: string }[];
  };
  // Variables of the caller's (.env.local) replace services of the stack; tests would then write to a real project.
  const foreign = ["APP_URL", "SUPABASE_URL", "UPSTASH_REDIS_REST_URL", "GITHUB_URL", "RESEND_BASE_URL"].filter(
    (name) => !/^http:\/\/(?:127\.0\.0\.1|localhost):/.test(env[name] ?? ""),
  );
  if (foreign.length > 0) {
    throw new Error(`${foreign.join(", ")} would not be the embedded stack's own. Unset them for the browser tests.`);
  }
  process.env["E2E_APP_URL"] = env["APP_URL"];
  process.env["E2E_STACK_ENV"] = JSON.stringify(env);
  const database = new URL("/postgres", services.find((service) => service.name === "postgres")?.url);
  database.username = "postgres";
  database.password = (await readFile(path.join(stateDir, "postgres.password"), "utf8")).trim();
  process.env["E2E_DATABASE_URL"] = database.href;
}
