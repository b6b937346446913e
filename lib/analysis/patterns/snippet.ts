import type { NodeId, SyntaxTree } from "../syntax/syntax-tree";
import { maskSecrets } from "../security/secrets/mask";
import { FOUND_LIMITS } from "./schemas";

/** Beyond this a line is cut: nobody reads on, and minified code has one line. */
const MAX_LINE = 160;

/** Long runs of letters and digits within quotes may be a key or a token. */
const SECRET_LIKE = /(["'`])(?=[^"'`\s]{20})(?=[^"'`\s]*\d)(?=[^"'`\s]*[A-Za-z])[\w+/=.~:-]{20,200}\1/g;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;

/**
 * The lines of a node, without their common indentation: at most {@link FOUND_LIMITS} of them, long ones cut, marks
 * that change how text is shown left out, and secrets masked: the kinds that the security phase knows, and what looks like a key.
 * @param path of the file, which tells what may stand in it
 */
export function snippetOf(tree: SyntaxTree, node: NodeId, path: string): string {
  const first = tree.line(node);
  const last = Math.min(tree.endLine(node), first + FOUND_LIMITS.snippetLines - 1);
  const lines: string[] = [];
  for (let line = first; line <= last; line += 1) lines.push(tree.lineText(line));
  // In a very long line the node itself is what there is to see.
  if ((lines[0] ?? "").length > MAX_LINE)
    lines.splice(0, lines.length, ...tree.textOf(node).slice(0, MAX_LINE).split("\n", 1));
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const indent = indents.length > 0 ? Math.min(...indents) : 0;
  const shown = lines
    .map((line) => {
      const dedented = line.slice(indent).replaceAll(CONTROL, "").trimEnd();
      return dedented.length > MAX_LINE ? `${dedented.slice(0, MAX_LINE)}…` : dedented;
    })
    .join("\n");
  const text = maskSecrets(shown, path).replaceAll(SECRET_LIKE, (_, quote: string) => `${quote}••••${quote}`);
  return text.length > FOUND_LIMITS.snippetCharacters ? `${text.slice(0, FOUND_LIMITS.snippetCharacters)}…` : text;
}
