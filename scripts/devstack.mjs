// `npm run devstack`: plain JavaScript that installs what is missing and goes on under Node 24.
import { fileURLToPath } from "node:url";
import { checkTools, continueUnderNode24, ensureNodeModules, SetupError } from "./install.mjs";

try {
  checkTools();
  await ensureNodeModules((line) => process.stderr.write(`${line}\n`)); // stdout belongs to --json.
  await continueUnderNode24(fileURLToPath(import.meta.url));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
await import("../devstack/cli.ts");
