import { z } from "zod";
import { standaloneFunctionSchema } from "../standalone/schemas";
import { lockfileSchema } from "../vulnerabilities/schemas";
import {
  cloneFoundSchema,
  fileVerdictSchema,
  languagesFoundSchema,
  limitHitSchema,
  phaseResultSchemas,
} from "../schemas";

/** What the child is told, as JSON on its standard input. */
export const scanRequestSchema = z.strictObject({
  gitDir: z.string(),
  commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
  ref: z.string(),
  wasmFolder: z.string(),
  /** Files that an earlier child did not survive, and which limit it passed over each. */
  avoid: z.array(z.strictObject({ path: z.string(), limit: limitHitSchema })),
  /** When to stop reading and sum up. */
  softWallMs: z.number().positive(),
  softMemoryBytes: z.number().positive(),
  /** 2 to parse in one thread and analyse in another; with 1 the file that a child dies over is known for sure. */
  threads: z.union([z.literal(1), z.literal(2)]),
  /** What it looks for: all that an analysis finds, or functions that can stand alone, and nothing else. */
  seek: z.enum(["all", "functions"]).default("all"),
  /** JavaScript's heap of the second thread; the first one's is given on the command line. */
  heapMiB: z.number().int().positive(),
});
export type ScanRequest = z.infer<typeof scanRequestSchema>;

const ms = z.number().min(0);

/** What the child says, a JSON message a line on file descriptor 3. */
export const scanMessageSchema = z.discriminatedUnion("type", [
  /** The file that it looks at now. */
  z.strictObject({ type: z.literal("at"), path: z.string() }),
  z.strictObject({ type: z.literal("clone"), found: cloneFoundSchema }),
  z.strictObject({ type: z.literal("languages"), found: languagesFoundSchema }),
  /** What became of each file, a part of them from the `from`th on. */
  z.strictObject({ type: z.literal("files"), from: z.number().int(), files: z.array(fileVerdictSchema) }),
  z.strictObject({ type: z.literal("patterns"), found: phaseResultSchemas.patterns }),
  /** What the lockfiles name, for whoever wants to have it looked up. */
  z.strictObject({ type: z.literal("packages"), found: z.array(lockfileSchema) }),
  z.strictObject({ type: z.literal("security"), found: phaseResultSchemas.security }),
  z.strictObject({
    type: z.literal("done"),
    limits: z.array(limitHitSchema),
    /** Largest resident memory, in bytes. */
    peakBytes: z.number().int(),
    /** How long each phase worked. */
    ms: z.strictObject({ languages: ms, patterns: ms, security: ms }),
  }),
  /** Functions that can stand alone, of all of them the first ones by path. */
  z.strictObject({
    type: z.literal("functions"),
    found: z.array(standaloneFunctionSchema),
    total: z.number().int(),
  }),
  z.strictObject({ type: z.literal("failed"), message: z.string() }),
]);
export type ScanMessage = z.infer<typeof scanMessageSchema>;

/** What a scan is done for, without the file that is looked at. */
export type ScanFinding = Extract<
  ScanMessage,
  { type: "clone" | "languages" | "files" | "patterns" | "packages" | "security" | "functions" }
>;
