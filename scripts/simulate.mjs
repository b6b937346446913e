// `npm run simulate`: plain JavaScript that installs what is missing and goes on under Node 24.
import { fileURLToPath } from "node:url";
import { checkTools, continueUnderNode24, ensureNodeModules, SetupError } from "./install.mjs";

try {
  checkTools();
  await ensureNodeModules();
  await continueUnderNode24(fileURLToPath(import.meta.url));
  const { simulate } = await import("../tests/simulation/simulate.ts");
  process.exitCode = await simulate(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof SetupError ? error.message : (error?.stack ?? error)}\n`);
  process.exitCode = 1;
}
