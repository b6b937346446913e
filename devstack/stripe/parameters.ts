import { invalid } from "./errors.ts";
import type { Form } from "./form.ts";

type Raw = string | Form;

/** One parameter that an endpoint takes: reads it, or refuses it in Stripe's words. */
export interface Parameter<Value> {
  readonly required: boolean;
  parse(raw: Raw, path: string): Value;
}
export interface Required<Value> extends Parameter<Value> {
  readonly required: true;
}
/** `unknown` would not take a parameter's own type back. */
export type Fields = { readonly [name: string]: Parameter<unknown> };
export type Values<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Required<unknown> ? K : never]: F[K] extends Parameter<infer V> ? V : never;
} & {
  readonly [K in keyof F as F[K] extends Required<unknown> ? never : K]?: F[K] extends Parameter<infer V> ? V : never;
};

const optional = <Value>(parse: (raw: Raw, path: string) => Value): Parameter<Value> => ({ required: false, parse });

export const required = <Value>(parameter: Parameter<Value>): Required<Value> => ({ ...parameter, required: true });

function text(raw: Raw, path: string): string {
  if (typeof raw === "string") return raw;
  throw invalid(`Invalid string: ${JSON.stringify(raw)}`, { param: path });
}

function filled(raw: Raw, path: string): string {
  const value = text(raw, path);
  if (value !== "") return value;
  throw invalid(
    `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; however '${path}' cannot be unset. You should remove '${path}' from your request or supply a non-empty value.`,
    { code: "parameter_invalid_empty", param: path },
  );
}

export const string = (maximum = 5_000): Parameter<string> =>
  optional((raw, path) => {
    const value = filled(raw, path);
    if (value.length <= maximum) return value;
    throw invalid(`Invalid string: ${value.slice(0, 20)}...; must be at most ${maximum} characters`, { param: path });
  });

export const integer = (): Parameter<number> =>
  optional((raw, path) => {
    const value = filled(raw, path);
    if (/^-?\d{1,15}$/.test(value)) return Number(value);
    throw invalid(`Invalid integer: ${value}`, { code: "parameter_invalid_integer", param: path });
  });

export const boolean = (): Parameter<boolean> =>
  optional((raw, path) => {
    const value = filled(raw, path);
    if (value === "true" || value === "false") return value === "true";
    throw invalid(`Invalid boolean: ${value}`, { param: path });
  });

export const oneOf = <const Choice extends string>(choices: readonly Choice[]): Parameter<Choice> =>
  optional((raw, path) => {
    const value = filled(raw, path);
    const chosen = choices.find((each) => each === value);
    if (chosen !== undefined) return chosen;
    const last = choices.at(-1) ?? "";
    const list = choices.length > 1 ? `${choices.slice(0, -1).join(", ")}, or ${last}` : last;
    throw invalid(`Invalid ${path}: must be one of ${list}`, { param: path });
  });

export const url = (): Parameter<string> =>
  optional((raw, path) => {
    const value = filled(raw, path);
    if (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(value)) return value;
    throw invalid("Not a valid URL", { code: "url_invalid", param: path });
  });

export const email = (): Parameter<string> =>
  optional((raw, path) => {
    const value = filled(raw, path);
    if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return value;
    throw invalid(`Invalid email address: ${value}`, { code: "email_invalid", param: path });
  });

/** A parameter that may be taken away by sending nothing for it. */
export const emptyable = <Value>(parameter: Parameter<Value>): Parameter<Value | null> =>
  optional((raw, path) => (raw === "" ? null : parameter.parse(raw, path)));

export const list = <Value>(item: Parameter<Value>): Parameter<Value[]> =>
  optional((raw, path) => {
    if (typeof raw === "string") throw invalid("Invalid array", { param: path });
    return Object.values(raw).map((each, index) => item.parse(each, `${path}[${index}]`));
  });

export const hash = <F extends Fields>(fields: F): Parameter<Values<F>> =>
  optional((raw, path) => {
    if (typeof raw === "string") throw invalid("Invalid object", { param: path });
    return readFields(fields, raw, path);
  });

/** A number, or bounds of one: `created=1`, `created[gte]=1`. */
export interface Range {
  readonly gt?: number;
  readonly gte?: number;
  readonly lt?: number;
  readonly lte?: number;
}
const bounds = hash({ gt: integer(), gte: integer(), lt: integer(), lte: integer() });
export const range = (): Parameter<Range> =>
  optional((raw, path) => {
    if (typeof raw !== "string") return bounds.parse(raw, path);
    const exactly = integer().parse(raw, path);
    return { gte: exactly, lte: exactly };
  });

/** Up to 50 pairs; an empty value takes a key away, nothing at all takes all of them. */
export const metadata = (): Parameter<Record<string, string> | null> =>
  optional((raw, path) => {
    if (raw === "") return null;
    if (typeof raw === "string") throw invalid("Invalid object", { param: path });
    const pairs = Object.entries(raw).map(([key, value]) => {
      if (key.length > 40)
        throw invalid(
          `Metadata keys can have up to 40 characters. You passed in a key with ${key.length} characters.`,
          {
            param: path,
          },
        );
      const read = text(value, `${path}[${key}]`);
      if (read.length > 500)
        throw invalid(
          `Metadata values can have up to 500 characters, but you passed in a value that is ${read.length} characters. Invalid value: ${read.slice(0, 20)}...`,
          { param: `${path}[${key}]` },
        );
      return [key, read] as const;
    });
    if (pairs.length > 50) throw invalid("You can have up to 50 keys in metadata.", { param: path });
    return Object.fromEntries(pairs);
  });

/** One that Stripe knows and the emulator does not: said plainly, never ignored. */
export const unsupported = (): Parameter<never> =>
  optional((_, path) => {
    throw invalid(`The Stripe emulator does not support the parameter ${path}.`, { param: path });
  });

/** All the names that Stripe knows here besides those that the emulator can do. */
export const unsupportedAll = <const Name extends string>(names: readonly Name[]): Record<Name, Parameter<never>> =>
  Object.fromEntries(names.map((name) => [name, unsupported()])) as unknown as Record<Name, Parameter<never>>;

/**
 * Reads what an endpoint takes.
 * @throws ApiError 400 `parameter_unknown` for anything else, `parameter_missing` for what must be there
 */
export function readFields<F extends Fields>(fields: F, form: Form, under = ""): Values<F> {
  const full = (name: string) => (under ? `${under}[${name}]` : name);
  const unknown = Object.keys(form).filter((name) => !Object.hasOwn(fields, name));
  const [first] = unknown;
  if (first !== undefined)
    throw invalid(
      unknown.length === 1
        ? `Received unknown parameter: ${full(first)}`
        : `Received unknown parameters: ${unknown.map(full).join(", ")}`,
      { code: "parameter_unknown", param: full(first) },
    );
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(fields)) {
    const raw = form[name];
    if (raw !== undefined) values[name] = parameter.parse(raw, full(name));
    else if (parameter.required)
      throw invalid(`Missing required param: ${full(name)}.`, { code: "parameter_missing", param: full(name) });
  }
  return values as Values<F>;
}
