/**
 * Outlives a test run that is killed, just long enough to clean up behind it. Reads lines on stdin:
 * `group <pid>` (a process group to end), `folder <path>` (to remove) and `done` (all was cleaned up).
 * When stdin closes without `done`, the run has died: end the groups, remove the folders.
 */
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";

const groups = [];
const folders = [];
let done = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [word, ...rest] = line.split(" ");
    if (word === "group") groups.push(Number(rest[0]));
    if (word === "folder") folders.push(rest.join(" "));
    if (word === "done") done = true;
  })
  .on("close", () => {
    if (done) return;
    for (const group of groups) {
      try {
        process.kill(-group, "SIGKILL");
      } catch (error) {
        if (error.code !== "ESRCH") throw error;
      }
    }
    // The killed processes may still be writing for a moment.
    setTimeout(() => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }, 500);
  });
