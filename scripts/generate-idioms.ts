import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { readContent } from "../lib/learning/content/read-content.ts";
import { taskIdioms } from "./task-idioms.ts";

/**
 * Writes `content/idioms.json`, which says what idioms each task is about; needed after a change of content or of the pattern
 * catalogue: `node --conditions=react-server --import tsx scripts/generate-idioms.ts`.
 */
const root = path.resolve(import.meta.dirname, "..");
const target = path.join(root, "content/idioms.json");
writeFileSync(target, `${JSON.stringify(await taskIdioms(readContent()), null, 2)}\n`);
execFileSync(path.join(root, "node_modules/.bin/oxfmt"), [target], { stdio: "ignore" });
console.log("Wrote content/idioms.json");
