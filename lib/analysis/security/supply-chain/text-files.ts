import type { Hit } from "../finding";
import { supplyHit } from "./catalogue";

const MAX_LINES = 20_000;

/** Lines with where each begins. */
function linesOf(text: string): { readonly start: number; readonly text: string }[] {
  const lines: { start: number; text: string }[] = [];
  let start = 0;
  while (start <= text.length && lines.length < MAX_LINES) {
    const end = text.indexOf("\n", start);
    const stop = end === -1 ? text.length : end;
    lines.push({ start, text: text.slice(start, Math.min(stop, start + 2_000)).replace(/\r$/, "") });
    if (end === -1) break;
    start = end + 1;
  }
  return lines;
}

/** `requirements.txt`: versions, indexes and addresses. */
export function checkRequirements(text: string): Hit[] {
  const hits: Hit[] = [];
  let firstOpen: { start: number; end: number } | undefined;
  for (const line of linesOf(text)) {
    const content = line.text.replace(/(?:^|\s)#.*$/, "").trim();
    if (content === "") continue;
    const end = line.start + line.text.length;
    if (/^--trusted-host\b/.test(content)) hits.push(supplyHit("untrusted-index", ["high", "high"], line.start, end));
    else if (/^--extra-index-url\b/.test(content))
      hits.push(supplyHit("extra-package-index", ["medium", "medium"], line.start, end));
    else if (/^(?:--index-url|-i)[\s=]+http:\/\//.test(content))
      hits.push(supplyHit("plain-http-source", ["high", "high"], line.start, end));
    else if (/^-|^\\/.test(content)) continue;
    else if (/(?:^|@\s*|\s)http:\/\//.test(content))
      hits.push(supplyHit("plain-http-source", ["high", "high"], line.start, end));
    else if (/git\+/.test(content)) {
      if (!/@[0-9a-f]{40}\b/.test(content))
        hits.push(supplyHit("untrusted-source", ["medium", "high"], line.start, end));
    } else if (/^[A-Za-z0-9][\w.-]{0,100}\s{0,3}(?:\[|$|[<>=!~;@,\s])/.test(content)) {
      if (/===?\s{0,3}[\w.]/.test(content) || /@\s/.test(content)) continue;
      firstOpen ??= { start: line.start, end };
    }
  }
  // One finding for the file: it is a habit, not so many accidents.
  if (firstOpen) hits.push(supplyHit("unpinned-requirements", ["low", "high"], firstOpen.start, firstOpen.end));
  return hits.toSorted((a, b) => a.start - b.start);
}

/** A Dockerfile: its base images, who runs it, what it fetches. */
export function checkDockerfile(text: string): Hit[] {
  const hits: Hit[] = [];
  const stages = new Set<string>();
  let user: { start: number; end: number; root: boolean } | null = null;
  let lastFrom: { start: number; end: number } | undefined;
  let runs = false;
  for (const line of linesOf(text)) {
    const end = line.start + line.text.length;
    const from = /^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?/i.exec(line.text);
    if (from) {
      const image = from[1] ?? "";
      const isStage = stages.has(image.toLowerCase()) || image === "scratch" || image.includes("$");
      if (!isStage && !/@sha256:/.test(image) && (!/:[^/]+$/.test(image) || image.endsWith(":latest")))
        hits.push(supplyHit("image-not-pinned", ["low", "high"], line.start, end));
      if (from[2]) stages.add(from[2].toLowerCase());
      lastFrom = { start: line.start, end };
      user = /nonroot|distroless.*:\S*nonroot/.test(image) ? { start: line.start, end, root: false } : null;
      runs = false;
      continue;
    }
    const named = /^\s*USER\s+(\S+)/i.exec(line.text);
    if (named) user = { start: line.start, end, root: /^(?:root|0)(?::|$)/.test(named[1] ?? "") };
    if (/^\s*(?:CMD|ENTRYPOINT)\b/i.test(line.text)) runs = true;
    if (/^\s*ADD\s+(?:--\S+\s+)*http:\/\//i.test(line.text))
      hits.push(supplyHit("plain-http-source", ["medium", "high"], line.start, end));
    if (/\b(?:curl|wget)\b[^|\n]{1,300}\|\s{0,3}(?:sudo\s{1,3})?(?:ba|z|da)?sh\b/.test(line.text))
      hits.push(supplyHit("pipe-to-shell", ["low", "medium"], line.start, end));
  }
  // An image without a command is a base or a tool for a build: whoever uses it decides.
  if (lastFrom && runs && (!user || user.root)) {
    const at = user ?? lastFrom;
    hits.push(supplyHit("container-runs-as-root", ["low", "medium"], at.start, at.end));
  }
  return hits.toSorted((a, b) => a.start - b.start);
}

/** `go.mod`: modules that are replaced. */
export function checkGoMod(text: string): Hit[] {
  const hits: Hit[] = [];
  let inBlock = false;
  for (const line of linesOf(text)) {
    if (/^replace\s*\(/.test(line.text)) inBlock = true;
    else if (inBlock && /^\s*\)/.test(line.text)) inBlock = false;
    else if (/^replace\s+\S+.*=>/.test(line.text) || (inBlock && /^\s+\S+.*=>/.test(line.text))) {
      const to = /=>\s*(\S+)/.exec(line.text)?.[1] ?? "";
      // A folder of the same repository is how Go's own workspaces are written.
      if (/^\.{1,2}\//.test(to)) continue;
      hits.push(supplyHit("replaced-module", ["info", "high"], line.start, line.start + line.text.length));
    }
  }
  return hits;
}
