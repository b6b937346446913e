import { invalid } from "./errors.ts";
import type { Body } from "./store.ts";
import type { World } from "./world.ts";

interface Clause {
  readonly field: string;
  readonly key: string | null;
  readonly negated: boolean;
  readonly sign: ":" | "<" | "<=" | ">" | ">=" | "~";
  readonly value: string;
}

const CLAUSE =
  /^(?<not>-)?(?:(?<field>[a-z_.]+)|metadata\[(?<quote>["'])(?<key>[^"']{1,40})\k<quote>\])(?<sign>:|~|>=|<=|>|<)(?:(?<number>-?\d+)|(?<mark>["'])(?<text>[^"']*)\k<mark>|(?<none>null))$/;
/** What each resource may be searched by (docs.stripe.com/search). */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  payment_intent: ["amount", "created", "currency", "status"],
  charge: [
    "amount",
    "billing_details.address.postal_code",
    "created",
    "currency",
    "disputed",
    "payment_method_details.card.brand",
    "payment_method_details.card.exp_month",
    "payment_method_details.card.exp_year",
    "payment_method_details.card.fingerprint",
    "payment_method_details.card.last4",
    "refunded",
    "status",
  ],
};

/** Reads Stripe's query language: clauses joined by AND, or by OR, never both. */
function parse(query: string, fields: readonly string[]): { any: boolean; clauses: Clause[] } {
  const any = / OR /.test(query);
  if (any && / AND /.test(query)) throw refused("You cannot use both AND and OR in one query.");
  const clauses = query.split(any ? / OR /u : / AND | (?=-?(?:metadata\[|[a-z_.]+[:~<>]))/u).map((text) => {
    const found = CLAUSE.exec(text.trim())?.groups;
    if (!found) throw refused(`We were unable to parse your search query near: ${text.trim().slice(0, 80)}`);
    const field = found["field"] ?? "metadata";
    if (field !== "metadata" && !fields.includes(field))
      throw refused(`Field \`${field}\` is an unsupported search field.`);
    return {
      field,
      key: found["key"] ?? null,
      negated: found["not"] !== undefined,
      sign: found["sign"] as Clause["sign"],
      value: found["number"] ?? found["text"] ?? "",
    };
  });
  return { any, clauses };
}

const refused = (message: string) => invalid(message, { param: "query" });

function valueOf(object: Body, clause: Clause): string | undefined {
  const path = clause.field === "metadata" ? ["metadata", clause.key ?? ""] : clause.field.split(".");
  let at: unknown = object;
  for (const name of path) at = typeof at === "object" && at !== null ? Reflect.get(at, name) : undefined;
  return at === undefined || at === null ? undefined : String(at);
}

function holds(object: Body, clause: Clause): boolean {
  const value = valueOf(object, clause);
  const fits = (): boolean => {
    if (value === undefined) return clause.value === "" && clause.sign === ":";
    switch (clause.sign) {
      case ":":
        return value.toLowerCase() === clause.value.toLowerCase();
      case "~":
        return value.toLowerCase().includes(clause.value.toLowerCase());
      case ">":
        return Number(value) > Number(clause.value);
      case ">=":
        return Number(value) >= Number(clause.value);
      case "<":
        return Number(value) < Number(clause.value);
      default:
        return Number(value) <= Number(clause.value);
    }
  };
  return fits() !== clause.negated;
}

/**
 * Finds objects by a query, newest first. As at Stripe this is no place to look for what was just written: it knows
 * nothing younger than the delay "search".
 */
export function search(
  world: World,
  type: "charge" | "payment_intent",
  given: { query: string; limit?: number; page?: string },
): { object: "search_result"; data: Body[]; has_more: boolean; next_page: string | null; url: string } {
  const { any, clauses } = parse(given.query, FIELDS[type] ?? []);
  const known = Math.floor((world.clock.now() - world.delay("search")) / 1_000);
  const exact = any ? undefined : clauses.find((each) => each.key !== null && each.sign === ":" && !each.negated);
  const candidates = exact
    ? world.store
        .withMetadata(exact.key ?? "", exact.value)
        .flatMap((id) => world.store.find<Body>(type, id) ?? [])
        .toSorted((a, b) => b.created - a.created)
    : world.store.every<Body>(type).toReversed();
  const found = candidates.filter(
    (each) =>
      each.created <= known &&
      (any ? clauses.some((clause) => holds(each, clause)) : clauses.every((clause) => holds(each, clause))),
  );
  const from = given.page === undefined ? 0 : Number(/^page_(\d+)$/.exec(given.page)?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) throw invalid(`Invalid page: ${given.page}`, { param: "page" });
  const until = from + (given.limit ?? 10);
  return {
    object: "search_result",
    data: found.slice(from, until),
    has_more: found.length > until,
    next_page: found.length > until ? `page_${until}` : null,
    url: `/v1/${type}s/search`,
  };
}
