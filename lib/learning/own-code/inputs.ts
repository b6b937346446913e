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
      return NUMBERS;
    case "string":
      return STRINGS;
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
  const does = (what: string): boolean => new RegExp(String.raw`(?<![\w$.])${escaped}${what}`).test(text);
  if (
    does(
      String.raw`\.(?:toLowerCase|toUpperCase|split|trim|replace|replaceAll|charAt|charCodeAt|codePointAt|startsWith|endsWith|substr|substring|match|padStart)\b`,
    )
  )
    return STRINGS;
  if (does(String.raw`\.(?:map|filter|reduce|forEach|some|every|find|join|push|sort|flatMap)\b`))
    return [...NUMBER_LISTS, ...STRING_LISTS];
  if (does(String.raw`\.length\b`)) return [...STRINGS, ...NUMBER_LISTS];
  if (does(String.raw`\s*(?:[-*/%]|<=?|>=?)\s`)) return NUMBERS;
  if (new RegExp(String.raw`!${escaped}(?![\w$.([])|(?<![\w$.=<>!-]\s?)${escaped} \?(?![.?])`).test(text))
    return BOOLEANS;
  if (new RegExp(String.raw`Object\.(?:keys|entries|values)\(${escaped}\)`).test(text)) return OBJECTS;
  return ANY;
}
