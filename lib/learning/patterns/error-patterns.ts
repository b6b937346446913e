import "server-only";
import { readContent } from "../content/read-content";
import { errorPattern } from "./rules";

let known: Readonly<Record<string, string>> | undefined;

/** What each error pattern of the content believes, by the name that memory has for it. */
export function beliefs(): Readonly<Record<string, string>> {
  return (known ??= Object.fromEntries(
    readContent().flatMap(({ concepts }) =>
      concepts.flatMap(({ exercises }) =>
        exercises.flatMap(({ slug, misconceptions }) =>
          misconceptions.map(({ id, belief }) => [errorPattern(slug, id), belief]),
        ),
      ),
    ),
  ));
}
