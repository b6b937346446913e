import { SourceMap } from "node:module";
import ts from "typescript";
import type { PlainFile } from "./protocol";
import type { RunRequest, RunResult } from "./schemas";

/** Where a line of the plain text was in what the learner wrote. */
type LineOf = (line: number) => number;

export interface Plain {
  readonly files: readonly PlainFile[];
  readonly lineOf: ReadonlyMap<string, LineOf>;
}

/** Takes the types away; nothing is evaluated. @returns what could not be read, when something cannot */
export function toPlain(request: RunRequest): Plain | { readonly error: NonNullable<RunResult["error"]> } {
  const files: PlainFile[] = [];
  const lineOf = new Map<string, LineOf>();
  for (const { name, text } of request.files) {
    const stem = name.replace(/\.(?:js|ts)$/, "");
    if (name.endsWith(".js")) {
      files.push({ stem, name, text });
      continue;
    }
    const answer = ts.transpileModule(text, {
      fileName: name,
      reportDiagnostics: true,
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        sourceMap: true,
        verbatimModuleSyntax: false,
      },
    });
    const wrong = answer.diagnostics?.find(({ category }) => category === ts.DiagnosticCategory.Error);
    if (wrong) {
      const line =
        wrong.file && wrong.start !== undefined ? wrong.file.getLineAndCharacterOfPosition(wrong.start).line : 0;
      const message = ts.flattenDiagnosticMessageText(wrong.messageText, "\n");
      return { error: { name: "SyntaxError", message, file: name, line: line + 1 } };
    }
    files.push({ stem, name, text: answer.outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n") });
    const map = new SourceMap(JSON.parse(answer.sourceMapText ?? "{}"));
    lineOf.set(name, (line) => {
      // The first place of the line that is known: columns are lost on the way.
      const entry = map.findEntry(line - 1, 1_000);
      return "originalLine" in entry ? entry.originalLine + 1 : line;
    });
  }
  return { files, lineOf };
}
