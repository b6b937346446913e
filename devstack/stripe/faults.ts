import { z } from "zod";
import type { Database } from "./database.ts";

const common = {
  /** How many more times it strikes; null without end. */
  count: z.number().int().min(1).nullable().default(1),
  /** Share of what it fits that it strikes, 0 to 1. */
  probability: z.number().min(0).max(1).default(1),
  /** Where its chance begins: the same seed strikes the same calls. */
  seed: z.number().int().min(0).max(0xff_ff_ff_ff).default(1),
};
const ms = z
  .number()
  .int()
  .min(0)
  .max(365 * 86_400_000);
const api = {
  ...common,
  on: z.literal("api"),
  method: z.enum(["GET", "POST"]).optional(),
  /** Path in which a star stands for any part, e.g. `/v1/refunds*`. */
  path: z.string().min(1).max(200).default("/v1/*"),
};
const when = z.enum(["before", "after"]).default("before");
const webhook = {
  ...common,
  on: z.literal("webhook"),
  /** Event type with `*`, e.g. `payment_intent.*`. */
  event: z.string().min(1).max(100).default("*"),
};

/** A fault as it is ordered. */
export const faultSchema = z.union([
  /** Answers late; the key of the request is in use all the while. */
  z.strictObject({ ...api, kind: z.literal("latency"), ms }),
  /** Answers with an error; `saved` has every replay of its key say the same. After the effect it is always saved. */
  z.strictObject({
    ...api,
    kind: z.literal("error"),
    status: z.number().int().min(400).max(599).default(500),
    when,
    saved: z.boolean().default(false),
  }),
  /** Never answers, before or after the effect; hangs up after `ms`. */
  z.strictObject({ ...api, kind: z.literal("timeout"), when, ms: ms.default(120_000) }),
  /** Cuts the connection, before or after the effect. */
  z.strictObject({ ...api, kind: z.literal("reset"), when }),
  /** Sends it `times` more often. */
  z.strictObject({ ...webhook, kind: z.literal("duplicate"), times: z.number().int().min(1).max(10).default(1) }),
  /** Sends it `ms` later. */
  z.strictObject({ ...webhook, kind: z.literal("delay"), ms }),
  /** Sends it up to `ms` later, by chance, so that events overtake one another. */
  z.strictObject({ ...webhook, kind: z.literal("reorder"), ms: ms.default(2_000) }),
  /** Never sends it; it stays in the list of events. */
  z.strictObject({ ...webhook, kind: z.literal("drop") }),
  /** Makes a second event, with an id of its own, for the same fact. */
  z.strictObject({ ...webhook, kind: z.literal("twin") }),
  /** Signs it with a clock that is wrong by `ms`. */
  z.strictObject({ ...webhook, kind: z.literal("skew"), ms: z.number().int().min(-86_400_000).max(86_400_000) }),
]);
export type Fault = z.output<typeof faultSchema>;
export type ApiFault = Extract<Fault, { on: "api" }>;
export type WebhookFault = Extract<Fault, { on: "webhook" }>;

/** A fault that is in force: with its name, what is left of it, and where its chance has come to. */
export type Standing = Fault & { readonly id: string; readonly dice: number };

/** A step of mulberry32: the next state, and a number from 0 up to 1. */
function roll(state: number): { state: number; value: number } {
  const next = (state + 0x6d_2b_79_f5) >>> 0;
  let mixed = Math.imul(next ^ (next >>> 15), next | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return { state: next, value: ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296 };
}

const fits = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", ".*")}$`).test(text);

/** The faults that are in force. They outlive a restart. */
export class Faults {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  all(): Standing[] {
    return this.#database
      .all<{ rule: string }>("select rule from faults order by rowid")
      .map((row) => JSON.parse(row.rule) as Standing);
  }

  add(id: string, fault: Fault): Standing {
    const standing = { ...fault, id, dice: fault.seed };
    this.#database.run("insert into faults (id, rule) values (?, ?)", id, JSON.stringify(standing));
    return standing;
  }

  /** @returns how many there were of that name, or of all */
  remove(id?: string): number {
    return id === undefined
      ? this.#database.run("delete from faults")
      : this.#database.run("delete from faults where id = ?", id);
  }

  /** What strikes a call of the API. Each that does is used up by one. */
  strikingCall(method: string, path: string): ApiFault[] {
    return this.#strike(
      (fault) =>
        fault.on === "api" && (fault.method === undefined || fault.method === method) && fits(fault.path, path),
    ).filter((fault) => fault.on === "api");
  }

  /** What strikes an event's delivery, each with a number from 0 to 1 that its seed gives. */
  strikingEvent(type: string, kinds: readonly WebhookFault["kind"][]): (WebhookFault & { chance: number })[] {
    return this.#strike(
      (fault) => fault.on === "webhook" && kinds.includes(fault.kind) && fits(fault.event, type),
    ).filter((fault) => fault.on === "webhook");
  }

  #strike(matches: (fault: Standing) => boolean): (Standing & { chance: number })[] {
    const striking: (Standing & { chance: number })[] = [];
    for (const fault of this.all()) {
      if (!matches(fault)) continue;
      const die = roll(fault.dice);
      const chance = roll(die.state);
      const strikes = die.value < fault.probability;
      const left = fault.count === null ? null : fault.count - (strikes ? 1 : 0);
      if (left === 0) this.remove(fault.id);
      else
        this.#database.run(
          "update faults set rule = ? where id = ?",
          JSON.stringify({ ...fault, count: left, dice: chance.state }),
          fault.id,
        );
      if (strikes) striking.push({ ...fault, chance: chance.value });
    }
    return striking;
  }
}
