import "server-only";
import { readBlobs } from "@/lib/platform/git/blobs";
import type { Tree, TreeEntry } from "@/lib/platform/git/tree";
import { Attributes, MAX_COMPARISONS, type LinguistAttributes } from "../languages/attributes";
import { recognise, skippedUnread, type Recognised } from "../languages/recognise";
import { countLines, Tally } from "../languages/tally";
import { languageTables } from "../languages/table";
import type { FileVerdict, LanguagesFound, LimitHit } from "../schemas";
import type { ReadableFile } from "./analyse-files";
import { SCAN_LIMITS } from "./limits";
import type { ScanMessage, ScanRequest } from "./protocol";

/** What the first pass leaves for the second, and for who asks why a file counts. */
interface Counted {
  readonly found: LanguagesFound;
  readonly readable: readonly ReadableFile[];
  readonly verdicts: readonly FileVerdict[];
}

interface Open {
  readonly entry: TreeEntry;
  readonly bytes: number;
  readonly lines: number;
  readonly recognised: Recognised;
}

/** Linguist counts all of `.github` as other people's, but what runs there with the repository's rights is its own. */
const WORKFLOW = /^\.github\/workflows\/[^/]+\.ya?ml$/;

/** Counts files, lines and bytes by language; what is not counted is counted apart, by reason, and each file says why. */
export async function countLanguages(
  request: ScanRequest,
  tree: Tree,
  say: (message: ScanMessage) => void,
): Promise<Counted> {
  const started = performance.now();
  const attributes = await readAttributes(request, tree);
  const count = new Count();
  const avoided = new Map(request.avoid.map(({ path, limit }) => [path, limit]));
  // Asked once for each file: comparing is what costs.
  const said = new Map<string, LinguistAttributes>();
  const read = tree.entries.filter((entry) => {
    const attributed = attributes.of(entry.path);
    said.set(entry.path, attributed);
    const reason = unread(entry, attributed, avoided);
    if (reason) count.skip(reason, entry.path, null);
    if (reason === "vendored" && WORKFLOW.test(entry.path)) count.readOnly(entry);
    return reason === null;
  });
  await readBlobs(
    request.gitDir,
    read.map((entry) => entry.objectId),
    { maxBlobBytes: SCAN_LIMITS.maxFileBytes, maxTotalBytes: SCAN_LIMITS.maxTotalBytes },
    (index, answer) => {
      const entry = read[index];
      if (!entry) return;
      if (answer.kind === "content") {
        say({ type: "at", path: entry.path });
        const lines = countLines(answer.content);
        const recognised = recognise(entry.path, answer.content, lines, said.get(entry.path) ?? {});
        count.add({ entry, bytes: answer.content.length, lines, recognised });
      } else count.skip(answer.kind, entry.path, answer.kind === "too_large" ? answer.bytes : null);
    },
  );
  say({ type: "at", path: "" });
  const limits: LimitHit[] = [
    ...(tree.truncated ? [{ limit: "files" as const, value: SCAN_LIMITS.maxFiles }] : []),
    ...(count.reasons.has("over_budget") ? [{ limit: "bytes" as const, value: SCAN_LIMITS.maxTotalBytes }] : []),
    ...(count.reasons.has("too_deep") ? [{ limit: "depth" as const, value: SCAN_LIMITS.maxDepth }] : []),
    ...(attributes.exhausted ? [{ limit: "attributes" as const, value: MAX_COMPARISONS }] : []),
  ];
  return count.end(limits, started);
}

function unread(
  entry: TreeEntry,
  attributed: LinguistAttributes,
  avoided: ReadonlyMap<string, LimitHit>,
): "symlink" | "submodule" | "vendored" | "too_deep" | "over_limit" | null {
  if (entry.kind !== "file") return entry.kind;
  if (avoided.has(entry.path)) return "over_limit";
  if (depthOf(entry.path) > SCAN_LIMITS.maxDepth) return "too_deep";
  return skippedUnread(entry.path, attributed);
}

function depthOf(path: string): number {
  let depth = 0;
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) depth += 1;
  return depth;
}

const MAX_ATTRIBUTE_FILES = 100;
const MAX_ATTRIBUTE_BYTES = 64 * 1024;

/** Every .gitattributes of the commit, outer folders first. */
async function readAttributes(request: ScanRequest, tree: Tree): Promise<Attributes> {
  const attributes = new Attributes();
  const files = tree.entries
    .filter(({ kind, path }) => kind === "file" && (path === ".gitattributes" || path.endsWith("/.gitattributes")))
    .toSorted((a, b) => depthOf(a.path) - depthOf(b.path))
    .slice(0, MAX_ATTRIBUTE_FILES);
  await readBlobs(
    request.gitDir,
    files.map((file) => file.objectId),
    { maxBlobBytes: MAX_ATTRIBUTE_BYTES, maxTotalBytes: MAX_ATTRIBUTE_BYTES * MAX_ATTRIBUTE_FILES },
    (index, answer) => {
      const file = files[index];
      if (file && answer.kind === "content") attributes.add(file.path, answer.content.toString("utf8"));
    },
  );
  return attributes;
}

class Count {
  readonly #tally = new Tally();
  readonly #readable: ReadableFile[] = [];
  readonly #verdicts: FileVerdict[] = [];
  /** Files that several languages may claim; the company they keep decides, once all others are counted. */
  readonly #open: Open[] = [];
  readonly reasons = new Set<string>();

  skip(reason: NonNullable<Recognised["skipped"]>, path: string, bytes: number | null): void {
    this.reasons.add(reason);
    this.#tally.skip(reason, path, bytes);
    this.#verdicts.push({ path, language: null, why: null, skipped: reason, bytes: bytes ?? 0, lines: 0 });
  }

  /** One that is not counted and is looked into all the same. */
  readOnly({ path, objectId }: TreeEntry): void {
    this.#readable.push({ path, objectId, language: "YAML", role: "configuration" });
  }

  add(file: Open): void {
    if (file.recognised.skipped === null && file.recognised.language === null) this.#open.push(file);
    else this.#settle(file);
  }

  end(limits: readonly LimitHit[], started: number): Counted {
    for (const file of this.#open) this.#settle({ ...file, recognised: this.#byCompany(file.recognised) });
    const languages = this.#tally.languages();
    const sum = (field: "files" | "lines" | "bytes") => languages.reduce((total, each) => total + each[field], 0);
    const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
    const found: LanguagesFound = {
      files: sum("files"),
      lines: sum("lines"),
      bytes: sum("bytes"),
      languages,
      skipped: this.#tally.skipped(),
      limits: [...limits],
      measuredMs: Math.round(performance.now() - started),
    };
    return { found, readable: this.#readable.toSorted(byPath), verdicts: this.#verdicts.toSorted(byPath) };
  }

  #byCompany(recognised: Recognised): Recognised {
    const name = this.#tally.mostCommonOf(recognised.candidates);
    const language = name === null ? null : (languageTables().facts.get(name) ?? null);
    if (language === null) return { ...recognised, skipped: "unknown_language" };
    const code = language.kind === "programming" || language.kind === "markup";
    return { ...recognised, language, evidence: "company", inShares: code && recognised.role !== "documentation" };
  }

  #settle({ entry, bytes, lines, recognised }: Open): void {
    const { language, evidence, skipped, role } = recognised;
    this.#tally.add(entry.path, bytes, lines, recognised);
    this.#verdicts.push({ path: entry.path, language: language?.name ?? null, why: evidence, skipped, bytes, lines });
    if (skipped !== "binary") {
      this.#readable.push({ path: entry.path, objectId: entry.objectId, language: language?.name ?? null, role });
    }
  }
}
