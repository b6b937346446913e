/** `URL` and `path`: the parsing is Node's own, asked for outside with texts and answered with texts. */
export interface AddressParts {
  readonly href: string;
  readonly origin: string;
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

/** What the inside may ask of the outside: pure functions of texts. */
export type Ask = (what: "url" | "path" | "encode", ...texts: string[]) => string;

type Pair = [string, string];

class VirtualSearchParams {
  readonly #pairs: Pair[];

  constructor(from: string | Iterable<Pair> | Record<string, string> = "") {
    if (typeof from === "string") this.#pairs = pairsOf(from.replace(/^\?/, ""));
    else if (Symbol.iterator in from) this.#pairs = [...from].map(([name, value]) => [String(name), String(value)]);
    else this.#pairs = Object.entries(from).map(([name, value]) => [name, String(value)]);
  }

  get(name: string): string | null {
    return this.#pairs.find(([known]) => known === name)?.[1] ?? null;
  }

  getAll(name: string): string[] {
    return this.#pairs.filter(([known]) => known === name).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.#pairs.some(([known]) => known === name);
  }

  append(name: string, value: string): void {
    this.#pairs.push([String(name), String(value)]);
  }

  [Symbol.iterator](): Iterator<Pair> {
    return this.#pairs[Symbol.iterator]();
  }

  toString(): string {
    const encode = (text: string): string => encodeURIComponent(text).replaceAll("%20", "+");
    return this.#pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
  }
}

function pairsOf(text: string): Pair[] {
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part.replaceAll("+", " "));
    } catch {
      return part;
    }
  };
  return text
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      return at === -1 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    });
}

export function addressGlobals(ask: Ask) {
  class VirtualURL {
    readonly searchParams: VirtualSearchParams;

    constructor(address: unknown, base?: unknown) {
      const answer = ask("url", String(address), base === undefined ? "" : String(base));
      if (answer === "") throw Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL" });
      const parts = JSON.parse(answer) as AddressParts;
      Object.assign(this, parts);
      this.searchParams = new VirtualSearchParams(parts.search);
    }

    static canParse(address: unknown, base?: unknown): boolean {
      return ask("url", String(address), base === undefined ? "" : String(base)) !== "";
    }

    toString(): string {
      return (this as unknown as AddressParts).href;
    }

    toJSON(): string {
      return (this as unknown as AddressParts).href;
    }
  }
  return { URL: VirtualURL, URLSearchParams: VirtualSearchParams };
}

/** Node's `path.posix`, with `/app` as the working folder. */
export function pathModule(ask: Ask) {
  const call =
    (name: string) =>
    (...parts: unknown[]): string => {
      for (const part of parts)
        if (typeof part !== "string") throw new TypeError('The "path" argument must be of type string');
      return ask("path", name, ...(parts as string[]));
    };
  return {
    sep: "/",
    join: call("join"),
    resolve: call("resolve"),
    normalize: call("normalize"),
    relative: call("relative"),
    dirname: call("dirname"),
    basename: call("basename"),
    extname: call("extname"),
    isAbsolute: (part: unknown) => String(part).startsWith("/"),
  };
}
