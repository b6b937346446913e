import type { LanguageFamily } from "../../syntax/grammars";
import type { Dialect } from "./dialect";
import { GO, JAVA, RUST } from "./dialects-compiled";
import { JAVASCRIPT, PYTHON } from "./dialects-scripting";

const DIALECTS: Partial<Record<LanguageFamily, Dialect>> = {
  javascript: JAVASCRIPT,
  python: PYTHON,
  go: GO,
  java: JAVA,
  rust: RUST,
};

/** @throws Error for a language without rules: callers ask `hasRules` first */
export function dialectOf(family: LanguageFamily): Dialect {
  const dialect = DIALECTS[family];
  if (!dialect) throw new Error(`no rules for ${family}`);
  return dialect;
}

/** Languages that the rules about dangerous code know. */
export function hasRules(family: LanguageFamily | null): boolean {
  return family !== null && Object.hasOwn(DIALECTS, family);
}
