/** How values are printed: as Node prints them, as far as one line and four levels go. */
const MAX_DEPTH = 3;
const MAX_ITEMS = 100;
const { is, keys, getPrototypeOf } = Object;
const { stringify } = JSON;
const { isArray } = Array;

export function format(values: readonly unknown[]): string {
  return values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" ");
}

export function inspect(value: unknown, depth = 0, seen: readonly unknown[] = []): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return is(value, -0) ? "-0" : String(value);
  if (typeof value === "function") {
    const kind = /^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "Function";
    return value.name ? `[${kind}: ${value.name}]`.replace("[class: ", "[class ") : `[${kind} (anonymous)]`;
  }
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.includes(value)) return "[Circular *1]";
  const within = [...seen, value];
  const next = (inner: unknown): string => inspect(inner, depth + 1, within);
  if (value instanceof Error) {
    const cause = "cause" in value && value.cause !== undefined ? ` { [cause]: ${next(value.cause)} }` : "";
    return depth === 0 ? `${String(value)}${cause}` : `[${String(value)}]${cause}`;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof Promise) return "Promise";
  if (depth >= MAX_DEPTH) return isArray(value) ? "[Array]" : `[${nameOf(value) ?? "Object: null prototype"}]`;
  if (isArray(value)) return list("[", "]", arrayItems(value, next));
  if (value instanceof Map)
    return `Map(${value.size}) ${list(
      "{",
      "}",
      [...value].map(([key, held]) => `${next(key)} => ${next(held)}`),
    )}`;
  if (value instanceof Set) return `Set(${value.size}) ${list("{", "}", [...value].map(next))}`;
  if (value instanceof Uint8Array) return `Uint8Array(${value.length}) ${list("[", "]", [...value].map(next))}`;
  const name = nameOf(value);
  const prefix = name === "Object" ? "" : name === null ? "[Object: null prototype] " : `${name} `;
  return (
    prefix +
    list(
      "{",
      "}",
      keys(value).map((key) => property(value, key, next)),
    )
  );
}

function arrayItems(values: readonly unknown[], next: (inner: unknown) => string): string[] {
  const items: string[] = [];
  for (let at = 0; at < Math.min(values.length, MAX_ITEMS); at += 1)
    items.push(at in values ? next(values[at]) : "<1 empty item>");
  if (values.length > MAX_ITEMS) items.push(`... ${values.length - MAX_ITEMS} more items`);
  return items;
}

function property(value: object, key: string, next: (inner: unknown) => string): string {
  const shown = /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
  const about = Object.getOwnPropertyDescriptor(value, key);
  if (about?.get) return `${shown}: ${about.set ? "[Getter/Setter]" : "[Getter]"}`;
  return `${shown}: ${next(about?.value)}`;
}

function nameOf(value: object): string | null {
  const prototype: unknown = getPrototypeOf(value);
  if (prototype === null) return null;
  const maker = (prototype as { constructor?: unknown }).constructor;
  return typeof maker === "function" ? maker.name : "Object";
}

function list(open: string, close: string, items: readonly string[]): string {
  return items.length === 0 ? `${open}${close}` : `${open} ${items.join(", ")} ${close}`;
}

function quoted(text: string): string {
  if (!text.includes("'")) return `'${stringify(text).slice(1, -1).replaceAll('\\"', '"')}'`;
  return text.includes('"') ? `\`${text}\`` : stringify(text);
}
