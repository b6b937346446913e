import { readFileSync } from "node:fs";
import path from "node:path";
import { Language, type Node, Parser } from "web-tree-sitter";
import { pythonConstructs } from "./python-constructs";
import { pythonShape, TooDeep } from "./python-shape";
import type { RunRequest, RunResult } from "./schemas";

/** Error recovery on hostile input may take for ever. */
const MAX_MS = 1_000;

export type PythonReader = (request: RunRequest) => RunResult;

/**
 * Reads Python and never runs it: what of an answer can be told by its syntax tree alone. It says where the text cannot be read,
 * which constructs it holds, and which of the other files it is built alike with, names of local variables aside.
 * @param folder where `web-tree-sitter.wasm` and `tree-sitter-python.wasm` are
 */
export async function createPythonReader(folder: string): Promise<PythonReader> {
  await Parser.init({ locateFile: (name: string) => path.join(folder, name) });
  const parser = new Parser();
  parser.setLanguage(
    Language.loadSync(new WebAssembly.Module(readFileSync(path.join(folder, "tree-sitter-python.wasm")))),
  );
  const parse = (text: string) => {
    const deadline = performance.now() + MAX_MS;
    const tree = parser.parse(text, null, { progressCallback: () => performance.now() > deadline });
    if (!tree) parser.reset();
    return tree;
  };
  return ({ files, entry }) => {
    const began = performance.now();
    const read = (over: Partial<RunResult>): RunResult => ({
      status: "unrun",
      output: "",
      error: null,
      tests: [],
      constructs: [],
      questions: [],
      same: null,
      ms: performance.now() - began,
      ...over,
    });
    const unread = (message: string, line: number | null): RunResult =>
      read({ status: "syntax", error: { name: "SyntaxError", message, file: entry, line } });
    const tree = parse(files.find(({ name }) => name === entry)?.text ?? "");
    if (!tree) return unread("This is too much to be read as Python.", null);
    try {
      const wrong = firstError(tree.rootNode);
      if (wrong) return unread(whatIsWrong(wrong), wrong.startPosition.row + 1);
      const shape = pythonShape(tree.rootNode);
      const same = files.find(({ name, text }) => {
        const other = name === entry ? null : parse(text);
        if (!other) return false;
        try {
          return !other.rootNode.hasError && pythonShape(other.rootNode) === shape;
        } finally {
          other.delete();
        }
      });
      return read({ constructs: pythonConstructs(tree.rootNode), same: same?.name ?? null });
    } catch (error) {
      if (error instanceof TooDeep) return unread("It is nested too deeply to be read.", null);
      throw error;
    } finally {
      tree.delete();
    }
  };
}

/** The first part that is no Python, from the outside in. */
function firstError(root: Node): Node | null {
  let node = root;
  while (node.hasError) {
    if (node.isError || node.isMissing) return node;
    const next = node.children.find((child) => child.hasError || child.isMissing);
    if (!next) return node;
    node = next;
  }
  return null;
}

function whatIsWrong(node: Node): string {
  if (node.isMissing) return `Something is missing here: ${node.type}`;
  const [line = ""] = node.text.trim().split("\n");
  return line === "" ? "This is no Python." : `This is no Python: ${line.slice(0, 80)}`;
}
