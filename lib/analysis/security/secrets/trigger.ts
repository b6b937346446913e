/** Calls back for each place where a trigger stands, in order of position. */
export interface TriggerTable<T> {
  /** @param visit gets what belongs to the trigger, and where the trigger starts. */
  scan(text: string, visit: (item: T, index: number) => void): void;
}

interface Entry<T> {
  readonly trigger: string;
  readonly anyCase: boolean;
  readonly item: T;
}

const TABLE_SIZE = 128 * 128;

/**
 * Finds many literal strings in one pass: a table over pairs of characters tells where one could begin, and only there the
 * rest is compared. One step per character, whatever the number of triggers.
 * @throws Error for a trigger shorter than two characters or not in ASCII, which is a mistake of the one who wrote it
 */
export function createTriggerTable<T>(
  triggers: readonly { readonly trigger: string; readonly anyCase?: boolean; readonly item: T }[],
): TriggerTable<T> {
  const pairs = new Uint8Array(TABLE_SIZE);
  const byPair = new Map<number, Entry<T>[]>();
  for (const { trigger, anyCase = false, item } of triggers) {
    if (trigger.length < 2 || /[^\x20-\x7e]/.test(trigger)) throw new Error(`"${trigger}" cannot be a trigger`);
    const text = anyCase ? trigger.toLowerCase() : trigger;
    for (const pair of spellings(text.slice(0, 2), anyCase)) {
      pairs[pair] = 1;
      const entries = byPair.get(pair) ?? [];
      entries.push({ trigger: text, anyCase, item });
      byPair.set(pair, entries);
    }
  }
  return {
    scan(text, visit) {
      const last = text.length - 1;
      let previous = text.charCodeAt(0);
      for (let index = 0; index < last; index += 1) {
        const next = text.charCodeAt(index + 1);
        const pair = previous * 128 + next;
        previous = next;
        if (next > 127 || pairs[pair] !== 1) continue;
        for (const entry of byPair.get(pair) ?? []) if (standsAt(text, index, entry)) visit(entry.item, index);
      }
    },
  };
}

function spellings(pair: string, anyCase: boolean): Set<number> {
  const [first = "", second = ""] = pair;
  const of = (letter: string) => (anyCase ? [letter.toLowerCase(), letter.toUpperCase()] : [letter]);
  const codes = new Set<number>();
  for (const a of of(first)) for (const b of of(second)) codes.add(a.charCodeAt(0) * 128 + b.charCodeAt(0));
  return codes;
}

function standsAt(
  text: string,
  index: number,
  entry: { readonly trigger: string; readonly anyCase: boolean },
): boolean {
  if (!entry.anyCase) return text.startsWith(entry.trigger, index);
  for (let at = 0; at < entry.trigger.length; at += 1) {
    let code = text.charCodeAt(index + at);
    if (code >= 65 && code <= 90) code += 32;
    if (code !== entry.trigger.charCodeAt(at)) return false;
  }
  return true;
}
