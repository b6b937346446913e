import { serverEnv } from "@/lib/env/server";
import { redis } from "../redis/client";
import { breakerStates } from "../resilience/resilience";
import { databaseAnswers } from "../supabase/store";
import type { Operations } from "../telemetry/operations";
import { outsideCall, type OutsideService } from "../telemetry/outside";
import { Readiness, type ReadinessReport } from "../telemetry/readiness";
import { recentCall } from "../telemetry/recent-calls";
import type { DependencyHealth } from "./schemas";

interface Known {
  readonly name: string;
  readonly purpose: string;
  readonly service: OutsideService;
  /** Of `lib/platform/resilience/policies.ts`. */
  readonly policy: string;
  readonly needed?: boolean;
  /** Asks it, where asking costs nothing and tells nothing; elsewhere only calls that were made tell. */
  readonly ask?: (signal: AbortSignal) => Promise<void>;
}

/** Whether a host answers at all: any answer but a fault of its own will do, for no key goes along. */
const reach = (service: OutsideService, url: () => string) => (signal: AbortSignal) =>
  outsideCall({ service, operation: "probe" }, async () => {
    const response = await fetch(url(), { method: "HEAD", redirect: "manual", cache: "no-store", signal });
    await response.body?.cancel();
    if (response.status >= 500) throw new Error(`It answered ${response.status}.`);
  });

const KNOWN: readonly Known[] = [
  {
    name: "database",
    purpose: "Everything that is kept",
    service: "supabase",
    policy: "supabase",
    needed: true,
    ask: databaseAnswers,
  },
  {
    name: "redis",
    purpose: "Caches and rate limits",
    service: "redis",
    policy: "redis",
    ask: async () => void (await redis().ping()),
  },
  {
    name: "inngest",
    purpose: "Workflows",
    service: "inngest",
    policy: "inngest",
    ask: reach("inngest", () => serverEnv().INNGEST_BASE_URL ?? "https://inn.gs"),
  },
  {
    name: "stripe",
    purpose: "Payments",
    service: "stripe",
    policy: "stripe",
    ask: reach("stripe", () => serverEnv().STRIPE_API_URL),
  },
  {
    name: "github",
    purpose: "Sign-in and repositories",
    service: "github",
    policy: "github",
    ask: reach("github", () => serverEnv().GITHUB_API_URL),
  },
  {
    name: "mail",
    purpose: "Mail by Resend",
    service: "resend",
    policy: "mail",
    ask: reach("resend", () => serverEnv().RESEND_BASE_URL),
  },
  { name: "git hosts", purpose: "Clones", service: "git", policy: "git-clone" },
  { name: "models", purpose: "Rewording, hints, open criteria", service: "ai", policy: "ai" },
  { name: "osv", purpose: "Known vulnerabilities", service: "osv", policy: "osv" },
];

/** Longer than this nobody is waited for: a service that takes a question and never answers is down. */
const DEADLINE_MS = 1_500;
/** However many look, a service is asked this often at most. */
const FRESH_MS = 8_000;

/** All dependencies of this process; tests make their own. */
export class Dependencies {
  readonly #known: readonly Known[];
  readonly #readiness: Readiness;

  constructor(known: readonly Known[] = KNOWN, deadlineMs = DEADLINE_MS) {
    this.#known = known;
    const asked = known.flatMap(({ name, needed = false, ask }) => (ask ? [[name, { needed, ask }] as const] : []));
    this.#readiness = new Readiness(Object.fromEntries(asked), deadlineMs, { freshMs: FRESH_MS, explain: true });
  }

  /** How each stands: asked now, by its breaker, by the last calls of this process, and by outages that any process noted. */
  async look(told: Promise<Operations | undefined>): Promise<DependencyHealth[]> {
    const [report, standing] = await Promise.all([this.#readiness.check(), told]);
    const breakers = Map.groupBy(breakerStates(), ({ policy }) => policy as string);
    return this.#known.map((known) => one(known, report, breakers.get(known.policy) ?? [], standing));
  }
}

const WORST = { open: 2, half_open: 1, closed: 0 } as const;

function one(
  { name, purpose, needed = false, service, policy }: Known,
  { checks }: ReadinessReport,
  breakers: readonly ReturnType<typeof breakerStates>[number][],
  standing: Operations | undefined,
): DependencyHealth {
  const check = checks[name];
  const recent = recentCall(service);
  const worst = breakers.toSorted((a, b) => WORST[b.state] - WORST[a.state])[0];
  const outage = standing?.outages.find((each) => each.service === policy || each.service.startsWith(`${policy}:`));
  const errors = [
    ...(check?.error === undefined ? [] : [{ at: new Date().toISOString(), text: check.error }]),
    ...(recent?.failure ? [recent.failure] : []),
    ...(outage ? [{ at: outage.openedAt, text: outage.cause }] : []),
  ].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return {
    name,
    purpose,
    needed,
    status: check?.status ?? (worst?.state === "open" ? "down" : "untold"),
    ms: check?.ms ?? null,
    breaker: worst?.state ?? "none",
    since: worst?.openedAt?.toISOString() ?? (outage && !outage.recoveredAt ? outage.openedAt : null),
    lastCall: recent ? { at: recent.at, ms: recent.ms, outcome: recent.outcome } : null,
    lastError: errors[0] ?? null,
  };
}
