import { z } from "zod";
import { runRequestSchema, runResultSchema } from "./schemas";

/** What a process is told, a JSON message a line on its standard input. */
export const runMessageSchema = z.strictObject({ id: z.number().int(), request: runRequestSchema });

/** What it answers, a JSON message a line on file descriptor 3. `ready` comes once. */
export const answerMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("result"), id: z.number().int(), result: runResultSchema }),
]);
export type AnswerMessage = z.infer<typeof answerMessageSchema>;

/** A file as QuickJS gets it: plain JavaScript, under its name without the ending. */
export interface PlainFile {
  readonly stem: string;
  readonly name: string;
  readonly text: string;
}

/** What a worker is made with. */
export interface WorkerSetup {
  readonly wasm: WebAssembly.Module;
  readonly prelude: string;
}

/** The one job that a worker gets. */
export interface WorkerJob {
  readonly files: readonly PlainFile[];
  readonly entry: string;
  readonly tests: string | null;
  /** So many of the tests are run at most. */
  readonly firstTests?: number;
  /** It is asked to stop sooner than others. */
  readonly withinMs?: number;
}
