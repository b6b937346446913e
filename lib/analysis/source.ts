/**
 * What a file is for, by its path and content: findings in tests and examples weigh less, and vendored or
 * generated files say nothing about how their authors write.
 */
export type FileRole = "source" | "test" | "example" | "documentation" | "configuration" | "vendored" | "generated";

/** A text file of a repository as the phases after `languages` see it. */
export interface SourceFile {
  /** As git has it, `/` between folders; bytes that are not UTF-8 are replaced. */
  readonly path: string;
  /** Linguist's name, or null when it knows none. */
  readonly language: string | null;
  readonly text: string;
  /** Before decoding. */
  readonly bytes: number;
  readonly role: FileRole;
}
