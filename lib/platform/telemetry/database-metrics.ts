import { Gauge, type Registry } from "prom-client";
import { BoundedLabel } from "./bounded-label";
import { log } from "./log";
import { QUEUES, type Operations } from "./operations";

/** All who ask within this time are told the same; Prometheus asks each instance every 15 s. */
const FRESH_MS = 5_000;
/** Longer nobody waits: the other metrics are served without these. */
const DEADLINE_MS = 2_000;

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

interface Figure {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly of: (standing: Operations) => readonly Sample[];
}

const one = (value: number | undefined): readonly Sample[] => (value === undefined ? [] : [[{}, value]]);
const by = (label: string, values: Readonly<Record<string, number>>): readonly Sample[] =>
  Object.entries(values).map(([key, value]) => [{ [label]: key }, value]);

/** The invariants that can be looked at while work is going on (docs/giving.md). */
const INVARIANTS = ["1", "2", "3", "4", "5", "6"];

const FIGURES: readonly Figure[] = [
  {
    name: "outbox_waiting_events",
    help: "Events written and not yet published.",
    of: ({ queues }) => one(queues.outbox.waiting),
  },
  {
    name: "outbox_oldest_age_seconds",
    help: "Age of the oldest event that waits; 0 without one.",
    of: ({ queues }) => one(queues.outbox.oldestSeconds),
  },
  {
    name: "outbox_dead_events",
    help: "Events given up, which stand as dead letters.",
    of: ({ deadLetters }) => one(deadLetters["outbox"] ?? 0),
  },
  {
    name: "dead_letters_open",
    help: "Work that was given up and that nobody has decided on.",
    labels: ["source"],
    of: ({ deadLetters }) => by("source", { outbox: 0, job: 0, ...deadLetters }),
  },
  {
    name: "queue_waiting",
    help: "What is due and waits in a queue of the database.",
    labels: ["queue"],
    of: ({ queues }) => QUEUES.map((queue) => [{ queue }, queues[queue].waiting]),
  },
  {
    name: "queue_oldest_age_seconds",
    help: "How long the oldest of them has waited; 0 without one.",
    labels: ["queue"],
    of: ({ queues }) => QUEUES.map((queue) => [{ queue }, queues[queue].oldestSeconds]),
  },
  {
    name: "payments_unknown",
    help: "Payments of which nobody knows what the provider did.",
    of: ({ unknownPayments }) => one(unknownPayments.waiting),
  },
  {
    name: "payments_unknown_oldest_age_seconds",
    help: "Since when the oldest of them is unknown; 0 without one.",
    of: ({ unknownPayments }) => one(unknownPayments.oldestSeconds),
  },
  {
    name: "payments_held",
    help: "Risky payments that wait for somebody's decision.",
    of: ({ heldPayments }) => one(heldPayments),
  },
  {
    name: "pledges",
    help: "Pledges as the totals count them: under way, completed, failed. Canceled ones are in none.",
    labels: ["state"],
    of: ({ pledges }) => by("state", pledges),
  },
  {
    name: "money_minor",
    help: "Gifts in minor units by currency: raised, pending, refunded, disputed.",
    labels: ["currency", "kind"],
    of: ({ money }) =>
      Object.entries(money).flatMap(([currency, sums]) =>
        Object.entries(sums).map(([kind, value]) => [{ currency, kind }, value] as const),
      ),
  },
  {
    name: "campaigns",
    help: "Campaigns by status.",
    labels: ["status"],
    of: ({ campaigns }) => by("status", campaigns),
  },
  {
    name: "learning_sessions_active",
    help: "Learning sessions that are going on.",
    of: ({ activeSessions }) => one(activeSessions),
  },
  {
    name: "analyses_of_day",
    help: "Analyses asked for in the last 24 h, by present status.",
    labels: ["status"],
    of: ({ analysesOfDay }) => by("status", analysesOfDay),
  },
  {
    name: "invariant_violations",
    help: "Rows that break an invariant of money, as of the last look.",
    labels: ["invariant"],
    of: ({ moneyCheck }) =>
      moneyCheck
        ? by("invariant", { ...Object.fromEntries(INVARIANTS.map((each) => [each, 0])), ...moneyCheck.broken })
        : [],
  },
  {
    name: "invariant_check_age_seconds",
    help: "Since the last look at the invariants; since the first deployment while there was none.",
    of: ({ moneyCheck, deployments }) => one(moneyCheck?.ageSeconds ?? deployments.firstSeconds),
  },
  {
    name: "invariant_check_duration_seconds",
    help: "How long the last look took.",
    of: ({ moneyCheck }) => one(moneyCheck?.tookSeconds),
  },
  {
    name: "reconciliation_drift_minor",
    help: "What the provider kept less what we have booked, in the last comparison that ended.",
    labels: ["currency"],
    of: ({ reconciliation }) => by("currency", reconciliation?.drift ?? {}),
  },
  {
    name: "reconciliation_open_differences",
    help: "Differences that somebody has to decide on.",
    of: ({ openDifferences }) => one(openDifferences),
  },
  {
    name: "reconciliation_age_seconds",
    help: "Since the last comparison ended; since the first deployment while none has.",
    of: ({ reconciliation, deployments }) => one(reconciliation?.ageSeconds ?? deployments.firstSeconds),
  },
  {
    name: "ai_spent_today_micro_usd",
    help: "Spent on models today (UTC), in millionths of a US dollar.",
    of: ({ ai }) => one(ai.spentMicro),
  },
  {
    name: "ai_reserved_today_micro_usd",
    help: "Set aside for calls to models that are under way.",
    of: ({ ai }) => one(ai.reservedMicro),
  },
  {
    name: "database_connections",
    help: "Connections to the database, whoever holds them.",
    of: ({ connections }) => one(connections.used),
  },
  {
    name: "database_connections_limit",
    help: "As many as it takes.",
    of: ({ connections }) => one(connections.limit),
  },
  {
    name: "outages_open",
    help: "Services that some process has found out and none yet well again.",
    labels: ["service"],
    of: ({ outages }) => outages.filter((outage) => !outage.recoveredAt).map(({ service }) => [{ service }, 1]),
  },
];

/**
 * The figures that stand in the database: the same from whichever instance they are read, where all others are of one
 * process. All come from one look. While the database is away they are absent (an old figure would look like a good
 * one) and `database_answers` is 0.
 */
export class DatabaseMetrics {
  readonly #bounds = new Map<string, BoundedLabel>();
  readonly #overflow: (label: string) => void;
  readonly #deadlineMs: number;
  #read: (() => Promise<Operations>) | undefined;
  #present: { readonly at: number; readonly standing: Promise<Operations | undefined> } | undefined;

  /** @param overflow told of each value that a label had no more room for */
  constructor(registry: Registry, overflow: (label: string) => void, deadlineMs = DEADLINE_MS) {
    this.#overflow = overflow;
    this.#deadlineMs = deadlineMs;
    for (const figure of FIGURES) {
      const gauge: Gauge = new Gauge({
        name: `devmentor_${figure.name}`,
        help: figure.help,
        labelNames: [...(figure.labels ?? [])],
        registers: [registry],
        collect: async () => this.#fill(gauge, figure, await this.standing()),
      });
    }
    const answers: Gauge = new Gauge({
      name: "devmentor_database_answers",
      help: "Whether the database told how things stand when these metrics were asked for.",
      registers: [registry],
      collect: async () => {
        const standing = await this.standing();
        if (this.#read) answers.set(standing ? 1 : 0);
        else answers.remove();
      },
    });
  }

  /** Where it is asked how things stand; until then the figures are absent. */
  readFrom(read: () => Promise<Operations>): void {
    this.#read = read;
    this.#present = undefined;
  }

  /** How things stand, a few seconds old at most; undefined while the database does not answer. */
  standing(): Promise<Operations | undefined> {
    const now = performance.now();
    if (!this.#present || now - this.#present.at > FRESH_MS) this.#present = { at: now, standing: this.#ask() };
    return this.#present.standing;
  }

  async #ask(): Promise<Operations | undefined> {
    if (!this.#read) return undefined;
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), this.#deadlineMs);
    const told = this.#read().catch((error: unknown) => {
      log.debug({ error }, "the database does not tell how things stand");
      return undefined;
    });
    try {
      return await Promise.race([told, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #fill(gauge: Gauge, figure: Figure, standing: Operations | undefined): void {
    if (figure.labels) gauge.reset();
    else gauge.remove();
    if (!standing) return;
    for (const [labels, value] of figure.of(standing)) gauge.inc(this.#bounded(figure.name, labels), value);
  }

  #bounded(name: string, labels: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(labels).map(([label, value]) => {
        const key = `${name} ${label}`;
        let bound = this.#bounds.get(key);
        if (!bound) this.#bounds.set(key, (bound = new BoundedLabel(200)));
        const shown = bound.of(value);
        if (shown !== value) this.#overflow(label);
        return [label, shown];
      }),
    );
  }
}
