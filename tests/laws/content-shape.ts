import ts from "typescript";
import type { Exercise } from "../../lib/learning/content/schemas.ts";

/**
 * What is left of an item when names, numbers, texts and comments are taken out of its code, or out of its words when it
 * has none: two items of one shape ask the same thing.
 */
export function shapeOf(exercise: Exercise): string {
  const code = codeOf(exercise);
  if (code !== null && code.trim().split("\n").length > 2) return codeShape(code);
  const options = "options" in exercise ? exercise.options.map((option) => wordShape(option.text)) : [];
  return [exercise.kind, wordShape(exercise.prompt), code === null ? "" : codeShape(code), ...options].join(" | ");
}

function codeOf(exercise: Exercise): string | null {
  if ("exemplar" in exercise) return exercise.exemplar;
  if (exercise.kind === "order") return exercise.lines.join("\n");
  return "code" in exercise ? (exercise.code ?? null) : null;
}

function codeShape(code: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2023, true, ts.LanguageVariant.Standard, code);
  const tokens: string[] = [];
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token === ts.SyntaxKind.Identifier) tokens.push("name");
    else if (token === ts.SyntaxKind.StringLiteral || token === ts.SyntaxKind.NoSubstitutionTemplateLiteral)
      tokens.push("text");
    else if (token === ts.SyntaxKind.NumericLiteral) tokens.push("number");
    else tokens.push(scanner.getTokenText());
  }
  return tokens.join(" ");
}

function wordShape(text: string): string {
  return text
    .replace(/`[^`]*`/g, "code")
    .replace(/"[^"]*"|“[^”]*”/g, "text")
    .replace(/\d+/g, "number")
    .toLowerCase()
    .replace(/[^a-z ]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
