/** Steps of 15 s before the fault begins: an hour where a budget is at stake, else as long as the other rules look back. */
export const stepsBefore = (fault: Pick<Fault, "alert"> | undefined): number =>
  fault && !fault.alert.startsWith("ErrorBudget") ? 60 : 240;

interface Fault {
  /** The one alert that fires. */
  readonly alert: string;
  /** Minutes after the fault at which it must fire. */
  readonly within: number;
  readonly name: string;
  /** What differs from {@link HEALTHY} from the fault on: gauges' values, counters' growth a step; null: the series ends. */
  readonly series: Readonly<Record<string, number | null>>;
  /** Gauges of ages grow by themselves: 15 a step, from this value at the fault on. */
  readonly growing?: Readonly<Record<string, number>>;
}

const H = "devmentor_http_request_duration_seconds";
const requests = (route: string, method: string, status: string) =>
  `${H}_count{instance="a",route="${route}",method="${method}",status="${status}"}`;
const withinSecond = (route: string) => `${H}_bucket{instance="a",route="${route}",method="GET",status="2xx",le="1"}`;
const steps = (workflow: string, outcome: string) =>
  `devmentor_workflow_step_duration_seconds_count{instance="a",workflow="${workflow}",outcome="${outcome}"}`;
const limits = (decision: string) =>
  `devmentor_rate_limit_decisions_total{instance="a",policy="login",decision="${decision}",counted_by="redis"}`;
const gauge = (name: string, labels = "") => `devmentor_${name}{instance="a"${labels && `,${labels}`}}`;
const queue = (name: string) => gauge("queue_oldest_age_seconds", `queue="${name}"`);
const breaker = (policy: string) => gauge("breaker_state", `policy="${policy}"`);

const READ = "/api/v1/campaigns";
const PLEDGES = "/api/v1/pledges";

/** What grows with use; everything else is a gauge. */
const COUNTERS: Readonly<Record<string, number>> = {
  [requests(READ, "GET", "2xx")]: 300,
  [requests(READ, "GET", "4xx")]: 9,
  [requests(READ, "GET", "5xx")]: 0,
  [withinSecond(READ)]: 309,
  [requests(PLEDGES, "POST", "2xx")]: 1.5,
  [requests(PLEDGES, "POST", "4xx")]: 0.25,
  [requests(PLEDGES, "POST", "5xx")]: 0,
  [steps("project-totals", "ok")]: 30,
  [steps("project-totals", "failed")]: 0,
  [limits("allowed")]: 150,
  [limits("refused")]: 3,
  [`devmentor_label_overflow_total{instance="a",label="route"}`]: 0,
};

const GAUGES: Readonly<Record<string, number>> = {
  'up{job="devmentor",instance="a"}': 1,
  'up{job="devmentor",instance="b"}': 1,
  [gauge("database_answers")]: 1,
  'devmentor_database_answers{instance="b"}': 1,
  [gauge("database_connections")]: 20,
  [gauge("database_connections_limit")]: 100,
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [gauge("invariant_violations", `invariant="${n}"`), 0])),
  [gauge("invariant_check_age_seconds")]: 45,
  [gauge("reconciliation_drift_minor", 'currency="EUR"')]: 0,
  [gauge("reconciliation_open_differences")]: 0,
  [gauge("reconciliation_age_seconds")]: 40_000,
  [gauge("payments_unknown_oldest_age_seconds")]: 0,
  [gauge("outbox_oldest_age_seconds")]: 2,
  [queue("outbox")]: 2,
  [queue("refunds")]: 0,
  [queue("analyses")]: 20,
  [queue("webhooks")]: 0,
  [breaker("stripe")]: 0,
  [breaker("github")]: 0,
  [breaker("redis")]: 0,
  [breaker("supabase")]: 0,
  [gauge("outside_pool_waiting_calls", 'policy="git-clone"')]: 0,
  [gauge("dead_letters_open", 'source="outbox"')]: 0,
  [gauge("dead_letters_open", 'source="job"')]: 0,
  'nodejs_eventloop_lag_p99_seconds{instance="a"}': 0.02,
  'process_resident_memory_bytes{instance="a"}': 4e8,
  [gauge("ai_spent_today_micro_usd")]: 1_000_000,
  [gauge("ai_reserved_today_micro_usd")]: 10_000,
  [gauge("ai_daily_budget_micro_usd")]: 5_000_000,
};

/** A site that is read 24 times an hour, and so many reads a step more that fail. */
export const quietWith = (failing: number): Readonly<Record<string, number>> => ({
  [requests(READ, "GET", "2xx")]: 0.1,
  [requests(READ, "GET", "4xx")]: 0,
  [requests(READ, "GET", "5xx")]: failing,
  [withinSecond(READ)]: 0.1 + failing,
});

/** One fault for each alert (some have several), planted into a product that is well. */
export const FAULTS: readonly Fault[] = [
  {
    alert: "ErrorBudgetBurnsFast",
    within: 2,
    name: "every read fails",
    series: { [requests(READ, "GET", "5xx")]: 300, [requests(READ, "GET", "2xx")]: 0 },
  },
  {
    alert: "ErrorBudgetBurnsFast",
    within: 2,
    // Half a hundredth of all requests: the objective of all would not see it.
    name: "every pledge fails",
    series: { [requests(PLEDGES, "POST", "5xx")]: 1.5, [requests(PLEDGES, "POST", "2xx")]: 0 },
  },
  {
    alert: "ErrorBudgetBurnsFast",
    within: 15,
    name: "most reads take longer than a second",
    series: { [withinSecond(READ)]: 60 },
  },
  {
    alert: "ErrorBudgetBurns",
    within: 300,
    name: "one read in a hundred fails, for hours",
    series: { [requests(READ, "GET", "5xx")]: 3.6 },
  },
  {
    alert: "ErrorBudgetLeaks",
    within: 300,
    name: "one read in four hundred fails, for hours",
    series: { [requests(READ, "GET", "5xx")]: 0.9 },
  },
  {
    alert: "InstanceAway",
    within: 1,
    name: "one of two instances hangs",
    series: { 'up{job="devmentor",instance="b"}': 0 },
  },
  {
    alert: "NothingScraped",
    within: 7,
    name: "the list of targets is empty",
    series: { 'up{job="devmentor",instance="a"}': null, 'up{job="devmentor",instance="b"}': null },
  },
  {
    alert: "DatabaseAway",
    within: 1,
    name: "neither instance reaches the database, whose figures are absent then",
    series: {
      [gauge("database_answers")]: 0,
      'devmentor_database_answers{instance="b"}': 0,
      ...Object.fromEntries(
        Object.keys(GAUGES)
          .filter((name) =>
            /invariant|reconciliation|payments_unknown|oldest_age|database_connections|dead_letters|ai_spent|ai_reserved/.test(
              name,
            ),
          )
          .map((name) => [name, null]),
      ),
    },
  },
  { alert: "ConnectionsShort", within: 2, name: "connections leak", series: { [gauge("database_connections")]: 85 } },
  {
    alert: "MoneyBroken",
    within: 0.25,
    name: "a payment without its entries",
    series: { [gauge("invariant_violations", 'invariant="2"')]: 1 },
  },
  {
    alert: "MoneyDrifts",
    within: 0.25,
    name: "we have booked more than the provider kept",
    series: { [gauge("reconciliation_drift_minor", 'currency="EUR"')]: -1 },
  },
  {
    alert: "MoneyUnchecked",
    within: 16,
    name: "check-money no longer runs",
    series: {},
    growing: { [gauge("invariant_check_age_seconds")]: 45 },
  },
  {
    alert: "PaymentsUnknown",
    within: 16,
    name: "a payment whose outcome nobody finds out",
    series: {},
    growing: { [gauge("payments_unknown_oldest_age_seconds")]: 0 },
  },
  { alert: "PaymentProviderAway", within: 1, name: "Stripe is away", series: { [breaker("stripe")]: 2 } },
  {
    alert: "OutboxWaits",
    within: 2,
    name: "nobody publishes",
    series: {},
    growing: { [gauge("outbox_oldest_age_seconds")]: 2, [queue("outbox")]: 2 },
  },
  { alert: "ServiceAway", within: 1, name: "Redis is away", series: { [breaker("redis")]: 2 } },
  {
    alert: "PoolFull",
    within: 3,
    name: "clones hang",
    series: { [gauge("outside_pool_waiting_calls", 'policy="git-clone"')]: 7 },
  },
  { alert: "QueueWaits", within: 16, name: "refunds are not sent", series: {}, growing: { [queue("refunds")]: 0 } },
  {
    alert: "DeadLetters",
    within: 0.25,
    name: "an event nobody takes",
    series: { [gauge("dead_letters_open", 'source="outbox"')]: 1 },
  },
  {
    alert: "WorkflowFails",
    within: 10,
    name: "a third of a workflow's steps fail",
    series: { [steps("project-totals", "failed")]: 15 },
  },
  {
    alert: "ReconciliationLate",
    within: 0.25,
    name: "a night without a comparison",
    series: { [gauge("reconciliation_age_seconds")]: 93_700 },
  },
  {
    alert: "DifferencesOpen",
    within: 0.25,
    name: "a charge that nobody knows",
    series: { [gauge("reconciliation_open_differences")]: 1 },
  },
  { alert: "CallersRefused", within: 12, name: "passwords are tried", series: { [limits("refused")]: 300 } },
  {
    alert: "EventLoopLags",
    within: 3,
    name: "something computes for seconds",
    series: { 'nodejs_eventloop_lag_p99_seconds{instance="a"}': 1.5 },
  },
  {
    alert: "MemoryHigh",
    within: 6,
    name: "memory leaks",
    series: { 'process_resident_memory_bytes{instance="a"}': 2.5e9 },
  },
  {
    alert: "AiBudgetNearlySpent",
    within: 0.25,
    name: "models are asked a great deal",
    series: { [gauge("ai_spent_today_micro_usd")]: 4_200_000 },
  },
  {
    alert: "LabelsOverflow",
    within: 1,
    name: "a path stands where a template belongs",
    series: { 'devmentor_label_overflow_total{instance="a",label="route"}': 20 },
  },
];

/** promtool writes `a+bxn` for n + 1 samples that grow by b. */
function written(start: number, growth: number, samples: number): string {
  return samples > 0 ? `${start}${growth < 0 ? "-" : "+"}${Math.abs(growth)}x${samples - 1}` : "";
}

/** How many steps after the fault its alert must fire. */
export const stepsTo = ({ within }: Pick<Fault, "within">): number => Math.ceil(within * 4);

/** All series, with this fault in them from step {@link stepsBefore} on; without one all is well, for an hour more. */
export function seriesWith(fault: Fault | undefined): { series: string; values: string }[] {
  const before = stepsBefore(fault);
  const afterwards = fault ? stepsTo(fault) + 4 : 240;
  const counters = Object.entries(COUNTERS).map(([series, growth]) => {
    const after = fault?.series[series] ?? growth;
    return { series, values: `${written(0, growth, before)} ${written(growth * before, after, afterwards)}` };
  });
  const gauges = Object.entries(GAUGES).map(([series, value]) => {
    const changed = fault?.series[series];
    const grows = fault?.growing?.[series];
    const well = written(value, 0, before);
    if (changed === null) return { series, values: `${well} stale` };
    if (grows !== undefined) return { series, values: `${well} ${written(grows, 15, afterwards)}` };
    return { series, values: `${well} ${written(changed ?? value, 0, afterwards)}` };
  });
  return [...counters, ...gauges];
}

/** Each name that a fault speaks of must be one that the healthy product has. */
export function unknownSeries(): string[] {
  return FAULTS.flatMap(({ series, growing }) => [...Object.keys(series), ...Object.keys(growing ?? {})]).filter(
    (name) => !(name in COUNTERS) && !(name in GAUGES),
  );
}
