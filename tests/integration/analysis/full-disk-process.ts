import { readdirSync } from "node:fs";
import { AppError } from "@/lib/kernel/errors";
import { cloneBare } from "@/lib/platform/git/clone";
import { checkOrigin } from "@/lib/platform/git/origin";
import { withWorkspace } from "@/lib/platform/git/workspace";

/**
 * Clones one repository after another into a folder of a disk of its own, and writes a line of JSON about each: what it came to, and
 * what lies in the folder then. `node full-disk-process.ts <folder> <url …>`
 */
const [root = "", ...urls] = process.argv.slice(2);
for (const url of urls) {
  const origin = await checkOrigin(url, { allowedHosts: [], extraOrigin: new URL(url).origin });
  const outcome = await withWorkspace(async (folder) => (await cloneBare(folder, { origin })).ref, root).catch(
    (error: unknown) => (error instanceof AppError ? { code: error.code, message: error.message } : String(error)),
  );
  process.stdout.write(`${JSON.stringify({ outcome, left: readdirSync(root) })}\n`);
}
