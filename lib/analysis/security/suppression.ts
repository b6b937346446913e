import type { ShownText } from "./finding";

/** A comment that says why a finding is all right where it is. */
export interface Suppression {
  /** A rule's name (`code/sql-injection`), or a group of them (`code`). */
  readonly rule: string;
  readonly reason: string;
  /** The line that it speaks of. */
  readonly appliesTo: number;
  /** Where the comment stands. */
  readonly line: number;
}

export interface Suppressions {
  readonly valid: readonly Suppression[];
  /** Indexes of comments that name no rule or give no reason: they suppress nothing. */
  readonly invalid: readonly { readonly start: number; readonly end: number }[];
}

const MARK = "devmentor-ignore";
const MAX_PER_FILE = 1_000;
/** Only in a comment: a mark of one stands before it on its line. */
const COMMENT = /(?:\/\/|\/\*|#|<!--|--|\*)[\s*]{0,8}$/;
const FORM =
  /^[ \t]{1,4}(?<rule>(?:secret|code|supply-chain)(?:\/[a-z0-9-]{1,60})?)[ \t]{0,4}:[ \t]{0,4}(?<reason>[^\r\n]{1,300})/;
/** A word alone is no reason that anybody could check. */
const MIN_REASON = 8;

/**
 * Reads `devmentor-ignore <rule>: <reason>` comments. One beside code speaks of its own line, one alone on a line of the next
 * line that is not empty.
 */
export function readSuppressions(text: string, shown: ShownText): Suppressions {
  const valid: Suppression[] = [];
  const invalid: { start: number; end: number }[] = [];
  let at = text.indexOf(MARK);
  while (at !== -1 && valid.length + invalid.length < MAX_PER_FILE) {
    const from = text.lastIndexOf("\n", at) + 1;
    const before = text.slice(Math.max(from, at - 200), at);
    const found = COMMENT.exec(before);
    if (found) {
      const line = shown.lineAt(at);
      const form = FORM.exec(text.slice(at + MARK.length, at + MARK.length + 400))?.groups;
      // Taken from the masked line: a reason might quote the secret that it excuses.
      const masked = shown.line(line);
      const reason = (form?.["reason"] ?? "").replace(/(?:\*\/|-->)[\s\S]{0,300}$/, "").trim();
      if (!form?.["rule"] || reason.length < MIN_REASON) invalid.push({ start: at, end: at + MARK.length });
      else {
        const alone = before.slice(0, found.index).trim() === "";
        valid.push({
          rule: form["rule"],
          reason: masked.includes(reason) ? reason : "(given, but it quotes what looks like a secret)",
          appliesTo: alone ? nextFilledLine(text, shown, at) : line,
          line,
        });
      }
    }
    at = text.indexOf(MARK, at + MARK.length);
  }
  return { valid, invalid };
}

/** At most three comment or empty lines may stand between. */
function nextFilledLine(text: string, shown: ShownText, at: number): number {
  let index = at;
  for (let tries = 0; tries < 4; tries += 1) {
    const next = text.indexOf("\n", index);
    if (next === -1) break;
    index = next + 1;
    const content =
      text
        .slice(index, index + 200)
        .split("\n", 1)[0]
        ?.trim() ?? "";
    if (content !== "" && !/^(?:\/\/|#|\/\*|\*|<!--|--)/.test(content)) return shown.lineAt(index);
  }
  return shown.lineAt(index);
}

/** @returns the comment that speaks of this rule on this line, if there is one. */
export function suppressionFor(
  { valid }: Suppressions,
  rule: string,
  line: number,
  endLine: number,
): Suppression | undefined {
  return valid.find(
    (one) =>
      one.appliesTo >= line && one.appliesTo <= endLine && (one.rule === rule || rule.startsWith(`${one.rule}/`)),
  );
}
