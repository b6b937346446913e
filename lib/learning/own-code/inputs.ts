import type { OwnFunction } from "./schemas";

type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Inputs = readonly (readonly Value[])[];

const NUMBERS: readonly Value[] = [3, 0, 12, 7, -4, 2, 25, 1, 100, 2.5];
const STRINGS: readonly Value[] = [
  "hello",
  "",
  "a-b_c",
  "Ada Lovelace",
  "42",
  "src/app/main.ts",
  "x=1&y=2",
  "AbC",
  " to do ",
  "2026-03-09",
];
const BOOLEANS: readonly Value[] = [true, false];
const NUMBER_LISTS: readonly Value[] = [[3, 1, 2], [], [5], [4, 4, 9, 1], [10, -2, 7]];
const STRING_LISTS: readonly Value[] = [["b", "a", "c"], [], ["one"], ["x", "x", "y"], ["red", "green", "blue"]];
const OBJECTS: readonly Value[] = [{ a: 1, b: 2 }, {}, { name: "Ada", age: 36 }, { id: 7, tags: ["x"] }];
const ANY: readonly Value[] = [
  "hello",
  3,
  [3, 1, 2],
  "42",
  0,
  true,
  ["b", "a"],
  { a: 1, b: 2 },
  null,
  "",
  "a-b_c",
  12,
  [],
];

/** How many calls are tried. */
const CALLS = 40;
const OBJECTS_EACH = 16;
const MOST_FIELDS = 5;
/** Of the literals of a text. */
const MOST_NAMED = 5;

/** Calls to try a function with: the same for the same function. What they give is found out by running it. */
export function inputsFor(fn: OwnFunction): Inputs {
  const pools = fn.parameters.map(({ name, type }) => poolOf(fn.text, name, type));
  const seen = new Map<string, readonly Value[]>();
  for (let call = 0; call < CALLS; call += 1) {
    // Steps of their own, so that the pools meet in ever new ways.
    const args = pools.map(
      (pool, index) => pool[(call + index * Math.floor(call / pool.length + index)) % pool.length] ?? null,
    );
    seen.set(JSON.stringify(args), args);
  }
  return [...seen.values()];
}

function poolOf(text: string, name: string, type: string | null): readonly Value[] {
  switch (type?.replace(/^readonly /, "").replace(/\s*\|\s*(?:undefined|null)$/, "")) {
    case "number":
      return numbers(text);
    case "string":
      return strings(text);
    case "boolean":
      return BOOLEANS;
    case "number[]":
    case "Array<number>":
    case "ReadonlyArray<number>":
      return NUMBER_LISTS;
    case "string[]":
    case "Array<string>":
    case "ReadonlyArray<string>":
      return STRING_LISTS;
    default:
      return guessed(text, name);
  }
}

/** What is done with a parameter that has no type says what it is. */
function guessed(text: string, name: string): readonly Value[] {
  const escaped = name.replaceAll("$", String.raw`\$`);
  const objects = objectsFor(text, escaped);
  if (objects) return objects;
  return does(text, escaped) ?? [...strings(text).slice(0, 3), ...ANY];
}

/** What is read of it are the fields of an object: some that have them all, with values by what is done with each, and one without. */
function objectsFor(text: string, escaped: string): readonly Value[] | null {
  const reads = [...text.matchAll(new RegExp(String.raw`(?<![\w$.])${escaped}\??\.([A-Za-z_]\w*)(\??\.?\()?`, "g"))];
  const fields = [...new Set(reads.map(([, field]) => field ?? ""))];
  // What is called on it, or measured, is a string's or a list's.
  if (reads.some(([, field, called]) => called !== undefined || field === "length" || field === "size")) return null;
  if (fields.length === 0 || fields.length > MOST_FIELDS) return null;
  const pools = fields.map(
    (field) =>
      does(text, String.raw`${escaped}\??\.${field}`) ?? [...strings(text).slice(0, 4), 3, true, null, 0, "hello"],
  );
  const objects = Array.from({ length: OBJECTS_EACH }, (_, at) =>
    Object.fromEntries(
      fields.map((field, index) => {
        const pool = pools[index] ?? [];
        return [field, pool[(at + index * Math.floor(at / pool.length + index)) % pool.length] ?? null];
      }),
    ),
  );
  return [...objects, {}];
}

/** What is done with something tells what it is. */
function does(text: string, escaped: string): readonly Value[] | null {
  const is = (what: string): boolean => new RegExp(String.raw`(?<![\w$.])${escaped}${what}`).test(text);
  if (
    is(
      String.raw`\.(?:toLowerCase|toUpperCase|split|trim|replace|replaceAll|charAt|charCodeAt|codePointAt|startsWith|endsWith|substr|substring|match|padStart)\b`,
    )
  )
    return strings(text);
  if (is(String.raw`\.(?:map|filter|reduce|forEach|some|every|find|join|push|sort|flatMap)\b`))
    return [...NUMBER_LISTS, ...STRING_LISTS];
  if (is(String.raw`\.length\b`)) return [...strings(text), ...NUMBER_LISTS];
  if (is(String.raw`\s*(?:[-*/%]|<=?|>=?)\s`)) return numbers(text);
  if (new RegExp(String.raw`!${escaped}(?![\w$.([])|(?<![\w$.=<>!-]\s?)${escaped} \?(?![.?])`).test(text))
    return BOOLEANS;
  if (new RegExp(String.raw`Object\.(?:keys|entries|values)\(${escaped}\)`).test(text)) return OBJECTS;
  if (is(String.raw`\s*[!=]==?\s*["'\u0060]`)) return strings(text);
  if (is(String.raw`\s*[!=]==?\s*-?\d`)) return numbers(text);
  return null;
}

/** Numbers with those that the text names, and their neighbours: there a comparison turns over. */
function numbers(text: string): readonly Value[] {
  const named = [...text.matchAll(/(?<![\w.$"'`])\d{1,4}(?:\.\d{1,2})?(?![\w.])/g)].slice(0, MOST_NAMED);
  return [...new Set([...named.flatMap(([one]) => [Number(one), Number(one) - 1, Number(one) + 1]), ...NUMBERS])];
}

/** Strings with those that the text names. */
function strings(text: string): readonly Value[] {
  const named = [...text.matchAll(/(["'`])((?:(?!\1)[^\\\n$]){1,20})\1/g)].slice(0, MOST_NAMED);
  return [...new Set([...named.map(([, , one]) => one ?? ""), ...STRINGS])];
}
