/**
 * A story is written in a small part of Markdown: paragraphs, headings (`##`, `###`), lists, quotes, `**strong**`,
 * `*emphasis*` and links to https addresses. It becomes this tree, never HTML: a tag in a story is text like any other.
 */
export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "strong" | "emphasis"; readonly children: readonly Inline[] }
  | { readonly kind: "link"; readonly href: string; readonly children: readonly Inline[] };

export type Block =
  | { readonly kind: "heading"; readonly level: 2 | 3; readonly children: readonly Inline[] }
  | { readonly kind: "paragraph" | "quote"; readonly children: readonly Inline[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] };

const HEADING = /^(#{1,4}) +(\S.*)$/u;
const BULLET = /^[-*] +(\S.*)$/u;
const NUMBER = /^\d{1,3}[.)] +(\S.*)$/u;
const QUOTE = /^> ?(.*)$/u;

/** @returns the blocks of a story, in order. */
export function parseStory(story: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const chunk of story.split(/\n[ \t]*\n/u)) {
    const lines = chunk
      .split("\n")
      .map((each) => each.trim())
      .filter((each) => each !== "");
    let from = 0;
    while (from < lines.length) {
      const taken = takeBlock(lines, from);
      blocks.push(taken.block);
      from = taken.next;
    }
  }
  return blocks;
}

function takeBlock(lines: readonly string[], from: number): { readonly block: Block; readonly next: number } {
  const first = lines[from] ?? "";
  const heading = HEADING.exec(first);
  if (heading?.[1] && heading[2]) {
    const level = heading[1].length <= 2 ? 2 : 3;
    return { block: { kind: "heading", level, children: parseInline(heading[2]) }, next: from + 1 };
  }
  for (const [pattern, make] of [
    [
      BULLET,
      (items: readonly string[]): Block => ({
        kind: "list",
        ordered: false,
        items: items.map((item) => parseInline(item)),
      }),
    ],
    [
      NUMBER,
      (items: readonly string[]): Block => ({
        kind: "list",
        ordered: true,
        items: items.map((item) => parseInline(item)),
      }),
    ],
    [QUOTE, (items: readonly string[]): Block => ({ kind: "quote", children: parseInline(items.join(" ")) })],
  ] as const) {
    const items = run(lines, from, pattern);
    if (items.length > 0) return { block: make(items), next: from + items.length };
  }
  let next = from + 1;
  while (next < lines.length && ![HEADING, BULLET, NUMBER, QUOTE].some((pattern) => pattern.test(lines[next] ?? "")))
    next += 1;
  return { block: { kind: "paragraph", children: parseInline(lines.slice(from, next).join(" ")) }, next };
}

/** What the lines from here on that fit the pattern say. */
function run(lines: readonly string[], from: number, pattern: RegExp): readonly string[] {
  const found: string[] = [];
  for (let at = from; at < lines.length; at += 1) {
    const match = pattern.exec(lines[at] ?? "");
    if (!match) break;
    found.push(match[1] ?? "");
  }
  return found;
}

/** One pass, no nesting of the same kind; each alternative is bounded, so that no text takes long. */
const MARKS = /\*\*([^*\n]{1,500})\*\*|\*([^*\s][^*\n]{0,500})\*|\[([^[\]\n]{1,300})\]\(([^()\s]{1,500})\)/u;

export function parseInline(text: string): readonly Inline[] {
  const found: Inline[] = [];
  let rest = text;
  for (let match = MARKS.exec(rest); match; match = MARKS.exec(rest)) {
    if (match.index > 0) found.push({ kind: "text", text: rest.slice(0, match.index) });
    found.push(inlineOf(match));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== "") found.push({ kind: "text", text: rest });
  return found;
}

function inlineOf([whole, strong, emphasis, label, address]: RegExpExecArray): Inline {
  if (strong !== undefined) return { kind: "strong", children: parseInline(strong) };
  if (emphasis !== undefined) return { kind: "emphasis", children: parseInline(emphasis) };
  const href = safeAddress(address ?? "");
  return href === null
    ? { kind: "text", text: whole }
    : { kind: "link", href, children: [{ kind: "text", text: label ?? href }] };
}

/** An https address without credentials, or null: anything else stays the text it is. */
function safeAddress(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return url.protocol === "https:" && url.username === "" && url.password === "" ? url.href : null;
}

/** The story's words alone, for previews and descriptions. */
export function plainStory(story: string): string {
  const words = (nodes: readonly Inline[]): string =>
    nodes.map((node) => (node.kind === "text" ? node.text : words(node.children))).join("");
  return parseStory(story)
    .map((block) => (block.kind === "list" ? block.items.map(words).join(" ") : words(block.children)))
    .join(" ");
}
