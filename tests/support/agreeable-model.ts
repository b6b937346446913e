import type { ProviderCall } from "./ai-provider.ts";

/**
 * What a model says that does just what it is asked for, in the plainest way that holds: the words of the data with some before
 * them. Which task it is it reads from the names of the data, as they stand between their markers.
 */
export function agreeably(call: ProviderCall): string {
  const of = (name: string): string | undefined => materials(call).get(name);
  const insights = of("insights");
  if (insights !== undefined) {
    const list = JSON.parse(insights) as { readonly number: number; readonly sentence: string }[];
    return said(
      list.map(({ number, sentence }) => ({ insight: number, sentence: `Here: ${sentence}`, quotes: [sentence] })),
    );
  }
  const hint = of("hint");
  if (hint !== undefined) return said([{ hint: `Now that you have begun: ${plain(hint)}`, quotes: [quoted(hint)] }]);
  const lesson = of("lesson");
  if (lesson !== undefined) {
    const parts = JSON.parse(lesson) as { readonly number: number; readonly kind: string; readonly text: string }[];
    return said(
      parts
        .filter(({ kind }) => kind === "words")
        .map(({ number, text }) => ({ part: number, text: `Said for you: ${text}`, quotes: [quoted(text)] })),
    );
  }
  const answer = of("answer") ?? "";
  return said([{ demonstrated: true, quotes: [quoted(answer)], because: plain(of("criterion") ?? "") }]);
}

const said = (elements: readonly object[]): string => JSON.stringify({ elements });
const plain = (text: string): string => text.replace(/\s+/g, " ").trim();
const quoted = (text: string): string => plain(text).slice(0, 60).trim();

/** The pieces of data of a call, by name, in either protocol. */
function materials({ body }: ProviderCall): ReadonlyMap<string, string> {
  const words = textsOf(body["messages"]).join("\n");
  const found = words.matchAll(/<<<([a-z]+) ([A-Za-z0-9]+)\n([\s\S]*?)\n\1 \2>>>/g);
  return new Map([...found].map(([, name, , text]) => [name ?? "", text ?? ""]));
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, each]) => (name === "content" || name === "text" ? textsOf(each) : []))
    : [];
}
