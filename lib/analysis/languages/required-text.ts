/**
 * What a text must contain for a pattern to match at all: a fixed text, all of several needs, or one of several; null when
 * nothing can be said. RE2 in JavaScript is linear but slow; looking for fixed texts first settles nearly every file without it.
 * Texts are in lower case.
 */
export type RequiredText =
  | string
  | { readonly all: readonly RequiredText[] }
  | { readonly any: readonly RequiredText[] }
  | null;

const NOTHING = null;

/** Reads what is needed out of a pattern. What it does not understand, it says nothing about. */
export function requiredText(pattern: string): RequiredText {
  const reader = new Reader(pattern);
  const needed = reader.alternatives();
  return reader.atEnd ? needed : NOTHING;
}

/** Whether a text, in lower case, has what is needed. */
export function hasRequired(required: RequiredText, lowerText: string): boolean {
  if (required === null) return true;
  if (typeof required === "string") return lowerText.includes(required);
  return "all" in required
    ? required.all.every((part) => hasRequired(part, lowerText))
    : required.any.some((part) => hasRequired(part, lowerText));
}

/** Fixed texts of which one is in every match: of several needs the one with the longest texts, as the rarest. */
export function anchorsOf(required: RequiredText): readonly string[] {
  if (required === null) return [];
  if (typeof required === "string") return [required];
  if ("any" in required) return required.any.flatMap(anchorsOf);
  const shortest = (texts: readonly string[]) => Math.min(...texts.map((text) => text.length));
  return required.all.map(anchorsOf).toSorted((a, b) => shortest(b) - shortest(a))[0] ?? [];
}

/** `\d`, `\s`, `\b` and the like stand for no letter; any other escaped character stands for itself. */
const ESCAPED_CLASS = /[a-zA-Z0-9]/;

class Reader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get atEnd(): boolean {
    return this.#at >= this.#pattern.length;
  }

  /** Until `)` or the end: one of the alternatives matches, so each must need something. */
  alternatives(): RequiredText {
    const any = [this.#sequence()];
    while (this.#peek() === "|") {
      this.#at += 1;
      any.push(this.#sequence());
    }
    if (any.includes(null)) return NOTHING;
    return any.length === 1 ? (any[0] ?? NOTHING) : { any };
  }

  #peek(): string | undefined {
    return this.#pattern[this.#at];
  }

  #sequence(): RequiredText {
    const all: RequiredText[] = [];
    let run = "";
    const endRun = (): void => {
      if (run !== "") all.push(run);
      run = "";
    };
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) {
      const literal = this.#literal(next);
      if (literal !== null) {
        const optional = this.#quantifier();
        if (optional === "none") run += literal.toLowerCase();
        else {
          // `ab+c`: b is there, but what follows it may be another b.
          if (optional === "some") run += literal.toLowerCase();
          endRun();
        }
        continue;
      }
      const words = this.#words();
      if (words !== null) {
        all.push({ any: words.map((word) => run + word) });
        run = "";
        continue;
      }
      endRun();
      const needed = next === "(" ? this.#group() : this.#classOrAnchor(next);
      if (this.#quantifier() !== "maybe" && needed !== null) all.push(needed);
    }
    endRun();
    return all.length > 1 ? { all } : (all[0] ?? NOTHING);
  }

  /** `(class|protocol)` that must be there: its words, or null when it is anything else. */
  #words(): string[] | null {
    const found = /^\((?:\?:)?([a-zA-Z_]+(?:\|[a-zA-Z_]+)*)\)(?![*?+{])/.exec(
      this.#pattern.slice(this.#at, this.#at + 400),
    );
    if (!found) return null;
    this.#at += found[0].length;
    return (found[1] ?? "").toLowerCase().split("|");
  }

  /** A character that stands for itself, or null. */
  #literal(next: string): string | null {
    if (next === "\\") {
      const escaped = this.#pattern[this.#at + 1];
      if (escaped === undefined || ESCAPED_CLASS.test(escaped)) return null;
      this.#at += 2;
      return escaped;
    }
    if ("([.^$".includes(next)) return null;
    this.#at += 1;
    return next;
  }

  #classOrAnchor(next: string): null {
    if (next === "\\") {
      this.#at += 2;
      // `\x41` and `\p{…}`: give up on the rest.
      if ("xpPQ0123456789".includes(this.#pattern[this.#at - 1] ?? "")) this.#at = Number.POSITIVE_INFINITY;
      return NOTHING;
    }
    this.#at += 1;
    if (next === "[") {
      if (this.#peek() === "^") this.#at += 1;
      if (this.#peek() === "]") this.#at += 1;
      while (this.#peek() !== undefined && this.#peek() !== "]") {
        if (this.#pattern.startsWith("[:", this.#at)) this.#at = this.#pattern.indexOf(":]", this.#at) + 1;
        this.#at += this.#peek() === "\\" ? 2 : 1;
      }
      this.#at += 1;
    }
    return NOTHING;
  }

  #group(): RequiredText {
    this.#at += 1;
    const lead = /^\?(?::|[a-zA-Z]+:|P?<[a-zA-Z]\w*>|[a-zA-Z]+(?=\)))/.exec(
      this.#pattern.slice(this.#at, this.#at + 40),
    );
    if (lead) this.#at += lead[0].length;
    else if (this.#peek() === "?") this.#at = Number.POSITIVE_INFINITY;
    const needed = this.alternatives();
    this.#at += 1;
    return needed;
  }

  /** What follows an atom: must it be there once, several times, or perhaps not at all? */
  #quantifier(): "none" | "some" | "maybe" {
    const found = /^(?:[*+?]|\{(\d*)(?:,\d*)?\})[?+]?/.exec(this.#pattern.slice(this.#at, this.#at + 16));
    if (!found) return "none";
    this.#at += found[0].length;
    if (found[0].startsWith("+")) return "some";
    return Number(found[1] ?? 0) > 0 ? "some" : "maybe";
  }
}
