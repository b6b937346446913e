import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { projectRoot } from "../support/run-tool.ts";

/** The product's own source files, without tests, as paths from the project's root. */
export function productFiles(pattern = "{app,components,lib,inngest,worker}/**/*.{ts,tsx}"): string[] {
  return globSync(pattern, { cwd: projectRoot })
    .filter((file) => !/\.test\.tsx?$/.test(file))
    .toSorted();
}

export function parseFile(file: string): ts.SourceFile {
  return parseText(file, readFileSync(path.join(projectRoot, file), "utf8"));
}

export function parseText(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(
    file,
    text,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
}

/** Every node of a file, outermost first. */
export function* walk(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* walk(child);
}

/** `file:line` of a node, for a failure that can be clicked. */
export function placeOf(source: ts.SourceFile, node: ts.Node): string {
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
}
