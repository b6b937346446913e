// `npm test`: plain JavaScript for Node >= 20.9. It installs what is missing, goes on under Node 24 and
// runs the tiers. Its last line is `N passed, N failed`.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { checkTools, continueUnderNode24, ensureNodeModules, SetupError } from "./install.mjs";

try {
  checkTools();
  await ensureNodeModules();
  await continueUnderNode24(fileURLToPath(import.meta.url));
  const { runTests } = await import(path.join(path.dirname(fileURLToPath(import.meta.url)), "run-tests.ts"));
  process.exitCode = await runTests(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof SetupError || error?.name === "UsageError";
  process.stderr.write(`${expected ? error.message : (error?.stack ?? error)}\n`);
  process.stdout.write("0 passed, 1 failed\n");
  process.exitCode = error?.name === "UsageError" ? 2 : 1;
}
