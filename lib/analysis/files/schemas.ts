import { z } from "zod";
import { fileVerdictSchema } from "../schemas";

/** What became of one file, with its number in the order of the paths, from 0. */
export const listedFileSchema = fileVerdictSchema.extend({ number: z.number().int().min(0) });
export type ListedFile = z.infer<typeof listedFileSchema>;

/** Files by language, the most first; null are those of no known language. */
export const fileLanguagesSchema = z.array(
  z.strictObject({ language: z.string().nullable(), files: z.number().int(), counted: z.number().int() }),
);
export type FileLanguages = z.infer<typeof fileLanguagesSchema>;
