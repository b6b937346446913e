import { createInterface } from "node:readline";
import { inspect } from "node:util";

/** The other side of `startProductProcess`: says `ready`, then answers each line, in order, with one line. */
export async function answerLines(answer: (line: string) => Promise<unknown>): Promise<void> {
  process.stdout.write("ready\n");
  for await (const line of createInterface({ input: process.stdin })) {
    const result = await answer(line).catch((error: unknown) => ({ failed: inspect(error, { depth: 5 }) }));
    process.stdout.write(`${JSON.stringify(result ?? null)}\n`);
  }
}
