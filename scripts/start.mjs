// `npm start`: plain JavaScript for Node >= 20.9. It installs what is missing, goes on under Node 24,
// starts the embedded stack, builds the application when its sources changed, serves it and waits.
import { fileURLToPath } from "node:url";
import { checkTools, continueUnderNode24, ensureNodeModules, ensureSystemPackages, SetupError } from "./install.mjs";

const USAGE = `npm start [-- <options>]
  --no-build   serve the build that is there, whatever has changed since
  --fresh      wipe the embedded stack's state first, and build again
  --ops        run Prometheus and Alertmanager as well, with the rules and routes of ops/
PORT=<n>       serve there instead of on 3000`;

const KNOWN = new Set(["--no-build", "--fresh", "--ops", "--help"]);

async function main() {
  const words = process.argv.slice(2);
  const unknown = words.filter((word) => !KNOWN.has(word));
  if (words.includes("--help") || unknown.length > 0) {
    process.stdout.write(`${unknown.length > 0 ? `${unknown.join(", ")}: not known.\n` : ""}${USAGE}\n`);
    process.exit(unknown.length > 0 ? 2 : 0);
  }
  checkTools();
  await ensureNodeModules();
  await continueUnderNode24(fileURLToPath(import.meta.url));
  if (process.getuid?.() === 0)
    await ensureSystemPackages(words.includes("--ops") ? ["redis", "promtool", "alertmanager"] : ["redis"]);
  await import("../devstack/postgres/repair-driver.ts"); // Before anything loads the driver.
  const { serve } = await import("./serve.ts");
  await serve({ build: !words.includes("--no-build"), fresh: words.includes("--fresh"), ops: words.includes("--ops") });
}

try {
  await main();
} catch (error) {
  const expected =
    error instanceof SetupError || ["AlreadyRunningError", "StateVersionError", "StartError"].includes(error?.name);
  process.stderr.write(`${expected ? error.message : (error?.stack ?? error)}\n`);
  process.exit(1);
}
