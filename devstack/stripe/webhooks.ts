import { createHmac, randomBytes } from "node:crypto";
import type Stripe from "stripe";
import type { Log } from "../service.ts";
import type { Faults } from "./faults.ts";
import type { World } from "./world.ts";

/** A secret that deliveries are signed with, until a moment of the emulator's time when it was rolled. */
interface SigningSecret {
  readonly secret: string;
  readonly until: number | null;
}
export interface Delivery {
  readonly id: number;
  readonly event_id: string;
  readonly endpoint_id: string;
  readonly state: "delivered" | "dropped" | "failed" | "pending";
  readonly due_at: number;
  readonly first_at: number;
  readonly attempts: number;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly skew_ms: number;
}
interface EndpointRow {
  readonly id: string;
  readonly url: string;
  readonly secrets: string;
  readonly events: string;
  readonly enabled: number;
}

/** The one endpoint that the stack configures. */
export const ENDPOINT = "we_1EmulatedEndpoint0000000";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Waits between attempts; Stripe only says "up to three days with an exponential back off". */
const BACKOFF = [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR];
const LAST_WAIT = 12 * HOUR;
const GIVE_UP_AFTER = 72 * HOUR;
const PATIENCE = 20 * SECOND;
const AT_ONCE = 8;

/** Sends events to the merchant, signed, until they are taken or three days are over. */
export class Webhooks {
  readonly #world: World;
  readonly #faults: Faults;
  readonly #log: Log;
  readonly #flying = new Map<number, Promise<void>>();
  readonly #closing = new AbortController();
  #next: NodeJS.Timeout | undefined;

  constructor(world: World, faults: Faults, log: Log) {
    this.#world = world;
    this.#faults = faults;
    this.#log = log;
    world.onEvent = (event) => this.#plan(event);
  }

  /** Names the endpoint of the merchant. A secret that it already had stays good as long as it was to be. */
  configure(url: string, secret: string): void {
    const known = this.#endpoint(ENDPOINT);
    const secrets: SigningSecret[] = known ? (JSON.parse(known.secrets) as SigningSecret[]) : [];
    const kept = secrets.some((each) => each.secret === secret) ? secrets : [{ secret, until: null }];
    this.#world.database.run(
      "insert into endpoints (id, url, secrets, events) values (?, ?, ?, '[\"*\"]') on conflict (id) do update set url = excluded.url, secrets = excluded.secrets",
      ENDPOINT,
      url,
      JSON.stringify(kept),
    );
  }

  #endpoint(id: string): EndpointRow | undefined {
    return this.#world.database.first<EndpointRow>("select * from endpoints where id = ?", id);
  }

  endpoints(): { id: string; url: string; secrets: number }[] {
    return this.#world.database
      .all<EndpointRow>("select * from endpoints order by id")
      .map((row) => ({ id: row.id, url: row.url, secrets: this.#secrets(row).length }));
  }

  #secrets(row: EndpointRow): SigningSecret[] {
    const now = this.#world.clock.now();
    return (JSON.parse(row.secrets) as SigningSecret[]).filter((each) => each.until === null || each.until > now);
  }

  /**
   * Rolls the endpoint's secret: deliveries bear a signature by each of both until the old one ends.
   * @returns the new secret
   */
  roll(keepOldMs: number): string {
    const row = this.#endpoint(ENDPOINT);
    if (!row) throw new Error("No endpoint is configured, so it has no secret to roll.");
    const secret = `whsec_${randomBytes(24).toString("hex")}`;
    const until = this.#world.clock.now() + keepOldMs;
    const old = keepOldMs > 0 ? this.#secrets(row).map((each) => ({ ...each, until: each.until ?? until })) : [];
    this.#world.database.run(
      "update endpoints set secrets = ? where id = ?",
      JSON.stringify([{ secret, until: null }, ...old]),
      ENDPOINT,
    );
    return secret;
  }

  /** Plans an event's deliveries, in the transaction that made the event. */
  #plan(event: Stripe.Event, twin = false): void {
    const { database } = this.#world;
    const striking = this.#faults.strikingEvent(event.type, ["drop", "delay", "reorder", "duplicate", "skew"]);
    for (const row of database.all<EndpointRow>("select * from endpoints where enabled = 1 order by id")) {
      const wanted = (JSON.parse(row.events) as string[]).some((name) => name === "*" || name === event.type);
      if (!wanted) continue;
      const dropped = striking.some((fault) => fault.kind === "drop");
      const wait = striking.reduce(
        (sum, fault) =>
          sum +
          (fault.kind === "delay" ? fault.ms : fault.kind === "reorder" ? Math.round(fault.chance * fault.ms) : 0),
        0,
      );
      const skew = striking.reduce((sum, fault) => sum + (fault.kind === "skew" ? fault.ms : 0), 0);
      const copies = striking.reduce((sum, fault) => sum + (fault.kind === "duplicate" ? fault.times : 0), 1);
      for (let copy = 0; copy < copies; copy += 1)
        this.#insert(event.id, row.id, dropped ? "dropped" : "pending", wait, skew);
    }
    if (twin) return;
    for (const _ of this.#faults.strikingEvent(event.type, ["twin"])) {
      const second = { ...event, id: this.#world.ids.next("evt") };
      this.#world.store.insert(second);
      this.#plan(second, true);
    }
  }

  #insert(eventId: string, endpointId: string, state: Delivery["state"], wait: number, skew = 0): number {
    const now = this.#world.clock.now();
    this.#world.database.run(
      "insert into deliveries (event_id, endpoint_id, state, due_at, first_at, skew_ms) values (?, ?, ?, ?, ?, ?)",
      eventId,
      endpointId,
      state,
      now + wait,
      now + wait,
      skew,
    );
    return this.#world.database.first<{ id: number }>("select last_insert_rowid() as id")?.id ?? 0;
  }

  /** Plans another delivery of an event, as the dashboard's button does. */
  resend(eventId: string): number[] {
    const ids = this.#world.database
      .all<EndpointRow>("select * from endpoints where enabled = 1")
      .map((row) => this.#insert(eventId, row.id, "pending", 0));
    this.wake();
    return ids;
  }

  list(
    filter: { state?: string | undefined; event?: string | undefined; limit?: number | undefined } = {},
  ): Delivery[] {
    return this.#world.database.all<Delivery>(
      "select * from deliveries where (? is null or state = ?) and (? is null or event_id = ?) order by id desc limit ?",
      filter.state ?? null,
      filter.state ?? null,
      filter.event ?? null,
      filter.event ?? null,
      filter.limit ?? 100,
    );
  }

  /** Whether deliveries go out by themselves, or only when they are sent by hand. */
  get manual(): boolean {
    return this.#world.database.setting<string>("webhooks", "auto") === "manual";
  }

  /** Sends what is due, and sets the alarm for what is not. */
  wake(): void {
    clearTimeout(this.#next);
    if (this.manual || this.#closing.signal.aborted) return;
    const now = this.#world.clock.now();
    const due = this.#world.database.all<Delivery>(
      "select * from deliveries where state = 'pending' and due_at <= ? order by due_at, id limit ?",
      now,
      AT_ONCE * 2,
    );
    for (const delivery of due) {
      if (this.#flying.size >= AT_ONCE) return;
      if (!this.#flying.has(delivery.id)) void this.#fly(delivery);
    }
    const next = this.#world.database.first<{ due_at: number }>(
      "select due_at from deliveries where state = 'pending' and due_at > ? order by due_at limit 1",
      now,
    );
    if (!next || this.#world.clock.frozen) return;
    this.#next = setTimeout(() => this.wake(), Math.min(2_147_483_647, Math.max(1, next.due_at - now)));
    this.#next.unref();
  }

  /** Makes one attempt at each of these deliveries now, one after another in the order given. */
  async send(ids: readonly number[]): Promise<Delivery[]> {
    for (const id of ids) {
      const delivery = this.#world.database.first<Delivery>("select * from deliveries where id = ?", id);
      if (delivery) await (this.#flying.get(id) ?? this.#fly(delivery));
    }
    return ids.flatMap((id) => this.#world.database.first<Delivery>("select * from deliveries where id = ?", id) ?? []);
  }

  /** Resolves when nothing that is due waits or is under way. */
  async settle(): Promise<void> {
    this.wake();
    while (this.#flying.size > 0) {
      await Promise.all(this.#flying.values());
      this.wake();
    }
  }

  #fly(delivery: Delivery): Promise<void> {
    const flight = this.#attempt(delivery)
      .catch((error: unknown) => this.#log(`delivery ${delivery.id}: ${String(error)}`))
      .finally(() => {
        this.#flying.delete(delivery.id);
        if (!this.#closing.signal.aborted) this.wake();
      });
    this.#flying.set(delivery.id, flight);
    return flight;
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const endpoint = this.#endpoint(delivery.endpoint_id);
    const event = this.#world.store.find<Stripe.Event & { object: "event" }>("event", delivery.event_id);
    if (!endpoint || !event) return;
    const body = JSON.stringify({ ...event, pending_webhooks: 1 }, null, 2);
    let status: number | null = null;
    let problem: string | null = null;
    try {
      const response = await fetch(endpoint.url, {
        method: "POST",
        headers: {
          "content-type": "application/json; charset=utf-8",
          "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
          "stripe-signature": this.#signature(body, this.#secrets(endpoint), delivery.skew_ms),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), this.#closing.signal]),
      });
      status = response.status;
      await response.body?.cancel();
      if (!response.ok) problem = `answered ${status}`;
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      problem = error instanceof Error ? `${error.name}: ${String(error.cause ?? error.message)}` : String(error);
    }
    this.#settle(delivery, status, problem);
    if (problem !== null) this.#log(`${event.type} ${event.id} to ${endpoint.url}: ${problem}`);
  }

  #settle(delivery: Delivery, status: number | null, problem: string | null): void {
    const now = this.#world.clock.now();
    const next = now + (BACKOFF[delivery.attempts] ?? LAST_WAIT);
    const over = problem !== null && next > delivery.first_at + GIVE_UP_AFTER;
    const state = problem === null ? "delivered" : over ? "failed" : "pending";
    this.#world.database.run(
      "update deliveries set state = ?, attempts = attempts + 1, last_status = ?, last_error = ?, due_at = ? where id = ?",
      state,
      status,
      problem,
      state === "pending" ? next : now,
      delivery.id,
    );
  }

  /**
   * Signs as of the machine's time, which is what the receiver compares with, even where the emulator's own was set
   * ahead; the setting `signatureClock` = "emulator" takes that instead.
   */
  #signature(body: string, secrets: readonly SigningSecret[], skew: number): string {
    const own = this.#world.database.setting<string>("signatureClock", "machine") === "emulator";
    const at = Math.floor(((own ? this.#world.clock.now() : Date.now()) + skew) / 1_000);
    const sign = (secret: string) => createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
    return [`t=${at}`, ...secrets.map(({ secret }) => `v1=${sign(secret)}`)].join(",");
  }

  async close(): Promise<void> {
    clearTimeout(this.#next);
    this.#closing.abort();
    await Promise.all(this.#flying.values());
  }
}
