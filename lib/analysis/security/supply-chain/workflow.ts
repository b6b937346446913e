import { isMap, isScalar, parseDocument, visit, type Pair, type Scalar } from "yaml";
import type { Hit } from "../finding";
import { supplyHit } from "./catalogue";

const MAX_CHARACTERS = 300_000;

/** What strangers decide: titles, texts, names of branches and people. */
const UNTRUSTED =
  /\$\{\{[^}]{0,200}\bgithub\.(?:head_ref|event\.(?:issue\.(?:title|body)|pull_request\.(?:title|body|head\.(?:ref|label|repo\.default_branch))|comment\.body|review\.body|review_comment\.body|discussion\.(?:title|body)|pages[^}]{0,40}page_name|(?:head_commit|commits[^}]{0,40})\.(?:message|author\.(?:name|email))|workflow_run\.(?:head_branch|head_commit\.message)))\b[^}]{0,200}\}\}/;
const PIPE_TO_SHELL = /\b(?:curl|wget)\b[^|\n]{1,300}\|\s{0,3}(?:sudo\s{1,3}(?:-\w+\s{1,3})?)?(?:ba|z|da)?sh\b/;
const FIRST_PARTY = /^(?:actions|github)\//;

/** @returns the hits, or null when the file is none that can be read: too large, too deep, no YAML */
export function checkWorkflow(text: string): Hit[] | null {
  // Deep nesting is no workflow, and could overflow the parser's stack.
  if (text.length > MAX_CHARACTERS || / {200}\S|[[{]{60}/.test(text)) return null;
  const hits: Hit[] = [];
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, { logLevel: "silent", keepSourceTokens: false });
  } catch {
    // The parser's stack: only a hostile file gets there.
    return null;
  }
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  const root = document.contents;
  const triggers = root.get("on", true) ?? root.get(true, true);
  const onTarget = triggers !== undefined && /\b(?:pull_request_target|workflow_run)\b/.test(sliceOf(text, triggers));
  const jobs = root.get("jobs", true);
  if (isMap(jobs)) {
    const everywhere =
      root.has("permissions") ||
      jobs.items.every((job) => isMap(job.value) && (job.value.has("permissions") || job.value.has("uses")));
    if (!everywhere)
      hits.push(supplyHit("workflow-default-permissions", ["low", "medium"], 0, Math.max(1, text.indexOf("\n"))));
  }
  const actions = new Set<string>();
  // Aliases are not followed: each node is seen once, however often it is named.
  visit(document, {
    Pair(_key, pair) {
      const name = isScalar(pair.key) ? String(pair.key.value) : "";
      const value = pair.value;
      if (!isScalar(value)) return;
      checkPair(text, name, value, hits, actions);
    },
  });
  if (onTarget)
    for (const step of checkouts(document)) hits.push(supplyHit("untrusted-checkout", ["critical", "high"], ...step));
  return hits.toSorted((a, b) => a.start - b.start);
}

function rangeOf(node: unknown): [start: number, end: number] {
  const range = (node as Scalar | undefined)?.range;
  return range ? [range[0], range[1]] : [0, 1];
}

function sliceOf(text: string, node: unknown): string {
  return text.slice(...rangeOf(node));
}

function checkPair(text: string, name: string, value: Scalar, hits: Hit[], actions: Set<string>): void {
  const content = typeof value.value === "string" ? value.value : "";
  const range = rangeOf(value);
  if (name === "permissions" && content === "write-all")
    hits.push(supplyHit("workflow-permissions", ["high", "high"], ...range));
  else if (name === "uses") {
    const [action = "", ref = ""] = content.split("@");
    if (content.startsWith("./") || FIRST_PARTY.test(action) || actions.has(content)) return;
    const pinned = content.startsWith("docker://") ? content.includes("@sha256:") : /^[0-9a-f]{40}$/.test(ref);
    actions.add(content);
    if (!pinned) hits.push(supplyHit("unpinned-action", ["medium", "high"], ...range));
  } else if (name === "run" || name === "script") {
    const source = sliceOf(text, value);
    const untrusted = UNTRUSTED.exec(source);
    if (untrusted)
      hits.push(
        supplyHit(
          "workflow-script-injection",
          ["high", "high"],
          range[0] + untrusted.index,
          range[0] + untrusted.index + untrusted[0].length,
        ),
      );
    const piped = PIPE_TO_SHELL.exec(source);
    if (piped)
      hits.push(
        supplyHit("pipe-to-shell", ["low", "medium"], range[0] + piped.index, range[0] + piped.index + piped[0].length),
      );
  }
}

/** Steps that check out what the pull request brings. */
function checkouts(document: ReturnType<typeof parseDocument>): [number, number][] {
  const found: [number, number][] = [];
  visit(document, {
    Map(_key, map) {
      const uses = map.items.find((pair: Pair) => isScalar(pair.key) && pair.key.value === "uses");
      if (!uses || !isScalar(uses.value) || !String(uses.value.value).startsWith("actions/checkout@")) return;
      const ref = map.getIn(["with", "ref"]);
      if (
        typeof ref === "string" &&
        /github\.(?:event\.(?:pull_request\.(?:head\.(?:sha|ref)|merge_commit_sha|number)|workflow_run\.head_(?:sha|branch))|head_ref)|refs\/pull\//.test(
          ref,
        )
      )
        found.push(rangeOf(uses.value));
    },
  });
  return found;
}
