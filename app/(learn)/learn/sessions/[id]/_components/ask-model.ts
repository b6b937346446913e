import { linesOf } from "@/components/ui/lines-of";

/** Who said something, as the API tells it. */
export interface SaidBy {
  readonly kind: "model" | "rules";
  readonly model?: string;
  readonly because?: string;
}

/** Why a model's words are not there, for people; nothing where that is as they wished. */
export const NOT_BY_MODEL: Readonly<Record<string, string>> = {
  over_budget: "What models may cost in a day is used up, so nothing was sent. Try again tomorrow.",
  unavailable: "We could not reach a model in time.",
  refused: "A model answered, and what it said did not hold to our checks, so it is not shown.",
  too_long: "What you have so far is too long to be sent.",
};

/**
 * Asks for words of a model that come line by line.
 * @param took is given each line; the last one has `done`
 * @throws Error when it breaks off, or in the API's own words when it is refused
 */
export async function askModel(
  address: string,
  body: object,
  signal: AbortSignal,
  took: (line: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  const response = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok || !response.body) {
    const problem = (await response.json().catch(() => ({}))) as { readonly detail?: string };
    throw new Error(problem.detail ?? NOT_BY_MODEL["unavailable"]);
  }
  let ended = false;
  for await (const text of linesOf(response.body)) {
    const line = JSON.parse(text) as Readonly<Record<string, unknown>>;
    ended ||= line["done"] === true;
    took(line);
  }
  if (!ended) throw new Error(NOT_BY_MODEL["unavailable"]);
}
