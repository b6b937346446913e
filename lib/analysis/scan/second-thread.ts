import "server-only";
import { parentPort, workerData } from "node:worker_threads";
import type { RepositoryFacts } from "../engine";
import type { SourceFile } from "../source";
import { grammarFrom, type Grammar, type GrammarFacts } from "../syntax/grammars";
import type { NotParsed, Parsed } from "../syntax/parser";
import { SyntaxTree, type TreeColumns } from "../syntax/syntax-tree";
import { createAnalysers, type Analysers, type AnalysersFound } from "./analysers";

/** A file with its tree as it travels between threads: the columns are handed over, not copied. */
export interface SentFile {
  /** How manieth file it is, so that the sender knows which one is looked at. */
  readonly index: number;
  readonly file: SourceFile;
  readonly parsed: { readonly grammar: string; readonly columns: TreeColumns } | { readonly why: NotParsed } | null;
}

/** What the first thread says to the second, in this order. */
export type ToSecond =
  | { readonly type: "about"; readonly about: RepositoryFacts }
  /** Before the first tree of the grammar. */
  | { readonly type: "grammar"; readonly facts: GrammarFacts }
  | { readonly type: "files"; readonly files: readonly SentFile[]; readonly weight: number }
  | { readonly type: "finish" };

/** What the second thread answers: each portion when it is done with, and what was found. */
export type FromSecond =
  | { readonly type: "taken"; readonly weight: number }
  | { readonly type: "found"; readonly found: AnalysersFound };

/** What the second thread is started with. */
export interface SecondThreadData {
  /** It writes here which file it looks at, -1 for none. */
  readonly at: Int32Array;
}

/**
 * The second thread of the child: it runs the analysers while the first one reads and parses the files behind. What it
 * throws ends the thread, and with it the analysis.
 */
export function serveAnalysers(): void {
  const { at } = workerData as SecondThreadData;
  const port = parentPort;
  if (!port) throw new Error("the second thread was started as the first one");
  const say = (message: FromSecond): void => port.postMessage(message);
  const grammars = new Map<string, Grammar>();
  let analysers: Analysers | null = null;
  const handle = async (message: ToSecond): Promise<void> => {
    if (message.type === "about") analysers = createAnalysers(message.about);
    else if (message.type === "grammar") grammars.set(message.facts.name, grammarFrom(message.facts));
    else if (!analysers) throw new Error("files came before what they are files of");
    else if (message.type === "files") {
      for (const sent of message.files) {
        Atomics.store(at, 0, sent.index);
        await analysers.add(sent.file, parsedOf(sent, grammars));
      }
      Atomics.store(at, 0, -1);
      say({ type: "taken", weight: message.weight });
    } else {
      say({ type: "found", found: await analysers.finish() });
      port.close();
    }
  };
  // One after another: an analyser may wait in the middle of a file.
  let before = Promise.resolve();
  port.on("message", (message: ToSecond) => (before = before.then(() => handle(message))));
}

function parsedOf({ file, parsed }: SentFile, grammars: ReadonlyMap<string, Grammar>): Parsed | null {
  if (parsed === null) return null;
  if ("why" in parsed) return { ok: false, why: parsed.why };
  const grammar = grammars.get(parsed.grammar);
  if (!grammar) throw new Error(`a tree came before its grammar ${parsed.grammar}`);
  return { ok: true, tree: new SyntaxTree(file.language ?? "", file.text, grammar, parsed.columns) };
}
