import "server-only";
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const pattern = z.string().regex(/^[a-z][a-z0-9-]{0,99}$/);

export const taskIdiomsSchema = z.strictObject({
  /** What patterns of the catalogue are called. */
  names: z.record(pattern, z.string()),
  /** By exercise: what is to be written, mended (a risk of the code that is given) or read. */
  tasks: z.record(
    z.uuid(),
    z.array(
      z.strictObject({
        pattern,
        role: z.enum(["write", "mend", "read"]),
        fingerprints: z.array(z.string().regex(/^[0-9a-f]{16}$/)).min(1),
      }),
    ),
  ),
});
/** Which idioms of the pattern catalogue the tasks are about. */
export type TaskIdioms = z.infer<typeof taskIdiomsSchema>;

let known: TaskIdioms | undefined;

/**
 * What `content/idioms.json` says, read once. The file is made by `scripts/generate-idioms.ts` with the analysis engine, so
 * that a session need not parse anything; the tests hold it to the content.
 */
export function readIdioms(): TaskIdioms {
  return (known ??= taskIdiomsSchema.parse(
    JSON.parse(readFileSync(path.join(/*turbopackIgnore: true*/ process.cwd(), "content/idioms.json"), "utf8")),
  ));
}
