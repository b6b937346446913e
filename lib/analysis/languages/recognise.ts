import type { FileRole } from "../source";
import type { LinguistAttributes } from "./attributes";
import { classify, type Evidence } from "./classify";
import { excludedByPath, isBinary, type SkipReason } from "./exclude";
import { isGenerated } from "./generated";
import { roleOf } from "./role";
import { languageByAlias, languageTables, type LanguageFacts } from "./table";

/** What a file is, why, and whether it counts. */
export interface Recognised {
  /** Null when nothing says, or when several languages remain: see `candidates`. */
  readonly language: LanguageFacts | null;
  readonly evidence: Evidence | null;
  /** Languages that it could be, when nothing in it decides. */
  readonly candidates: readonly string[];
  /** Why it does not count; null when it does. */
  readonly skipped: SkipReason | null;
  /** Whether its bytes are part of the shares: code and markup, or what an attribute makes so. */
  readonly inShares: boolean;
  readonly role: FileRole;
}

/** What a path and its attributes alone decide: a file that is not read at all, or null. */
export function skippedUnread(path: string, attributes: LinguistAttributes): "vendored" | null {
  return (attributes.vendored ?? excludedByPath(path) === "vendored") ? "vendored" : null;
}

/**
 * Recognises one file whose content is at hand, as Linguist does: attributes first, then path, then content.
 * Vendored files are not asked about: see {@link skippedUnread}.
 */
export function recognise(
  path: string,
  content: Buffer,
  lineCount: number,
  attributes: LinguistAttributes,
): Recognised {
  const nothing = { language: null, evidence: null, candidates: [], inShares: false } as const;
  if (isBinary(content)) return { ...nothing, skipped: "binary", role: "source" };
  const byPath = excludedByPath(path);
  const generated = attributes.generated ?? (byPath === "generated" || isGenerated(path, content, lineCount) !== null);
  const documentation = attributes.documentation ?? byPath === "documentation";
  const { language, evidence, candidates } = languageOf(path, content, attributes);
  const role = generated ? "generated" : roleOf(path, language, documentation);
  const known = { language, evidence, candidates, role } as const;
  if (generated) return { ...known, inShares: false, skipped: "generated" };
  if (language === null) {
    return { ...known, inShares: false, skipped: candidates.length > 0 ? null : "unknown_language" };
  }
  const code = language.kind === "programming" || language.kind === "markup";
  // Prose and data are no part of the shares anyway, so a README is listed although it is documentation.
  if (documentation && code) return { ...known, inShares: false, skipped: "documentation" };
  if (attributes.detectable === false && code) return { ...known, inShares: false, skipped: "not_detectable" };
  return { ...known, inShares: !documentation && (attributes.detectable ?? code), skipped: null };
}

function languageOf(
  path: string,
  content: Buffer,
  attributes: LinguistAttributes,
): Pick<Recognised, "language" | "evidence" | "candidates"> {
  const { facts } = languageTables();
  const named = attributes.language === undefined ? null : languageByAlias(attributes.language);
  if (named !== null) return { language: facts.get(named) ?? null, evidence: "attribute", candidates: [] };
  const classified = classify(path, content);
  if (classified.kind === "one") {
    const language = facts.get(classified.language) ?? null;
    return { language, evidence: language ? classified.evidence : null, candidates: [] };
  }
  return { language: null, evidence: null, candidates: classified.kind === "several" ? classified.languages : [] };
}
