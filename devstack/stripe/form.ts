import { invalid } from "./errors.ts";

/** A decoded form: text, or nested under its keys. Lists are objects with numbered keys until a parameter wants a list. */
export type Form = { [key: string]: string | Form };

const UNSAFE = new Set(["__proto__", "constructor", "prototype"]);
const DEEPEST = 8;

/**
 * Decodes `application/x-www-form-urlencoded` with nested keys: `a[b]=1`, `a[]=1`, `a[0]=1`.
 * @throws ApiError 400 for keys that nest too deep or contradict one another
 */
export function decodeForm(text: string): Form {
  const form: Form = {};
  for (const [key, value] of new URLSearchParams(text)) place(form, key, value);
  return form;
}

function place(form: Form, key: string, value: string): void {
  const head = key.indexOf("[");
  const names = head < 0 ? [key] : [key.slice(0, head), ...key.slice(head + 1, -1).split("][")];
  if (names.length > DEEPEST || names.some((name) => UNSAFE.has(name)) || (head >= 0 && !key.endsWith("]")))
    throw invalid(`Invalid parameter name: ${key.slice(0, 100)}`);
  let at = form;
  names.forEach((name, index) => {
    const slot = name === "" ? String(Object.keys(at).length) : name;
    const present = at[slot];
    if (index === names.length - 1) {
      if (typeof present === "object") throw invalid(`Invalid parameter: ${key} is both a value and a hash.`);
      at[slot] = value;
      return;
    }
    if (typeof present === "string") throw invalid(`Invalid parameter: ${key} is both a value and a hash.`);
    at = at[slot] = present ?? {};
  });
}
