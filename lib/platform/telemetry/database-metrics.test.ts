import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { DatabaseMetrics } from "./database-metrics";
import { Metrics } from "./metrics";
import type { Operations } from "./operations";

const queue = (waiting = 0, oldestSeconds = 0) => ({ waiting, oldestSeconds });

const standing = (over: Partial<Operations> = {}): Operations => ({
  queues: {
    outbox: queue(3, 75.5),
    webhooks: queue(),
    refunds: queue(),
    payment_checks: queue(2, 9),
    analyses: queue(),
  },
  deadLetters: { outbox: 1 },
  unknownPayments: queue(1, 30),
  heldPayments: 4,
  pledges: { under_way: 5, completed: 60, failed: 7 },
  money: { EUR: { raised: 1000, pending: 200, refunded: 30, disputed: 0 } },
  campaigns: { active: 2 },
  activeSessions: 8,
  analysesOfDay: { completed: 9 },
  moneyCheck: { at: "2026-11-27T00:00:00Z", ageSeconds: 20, tookSeconds: 0.2, broken: { 2: 1 }, samples: [] },
  reconciliation: { at: "2026-11-27T00:00:00Z", ageSeconds: 3600, drift: { EUR: -12, JPY: 0 } },
  openDifferences: 2,
  ai: { spentMicro: 100, reservedMicro: 10 },
  connections: { used: 12, limit: 100 },
  outages: [
    { service: "stripe", cause: "down", openedAt: "2026-11-27T00:00:00Z", recoveredAt: null },
    { service: "github", cause: "was down", openedAt: "2026-11-26T00:00:00Z", recoveredAt: "2026-11-26T00:01:00Z" },
  ],
  deployments: { ofDay: 1, regions: 1, firstSeconds: 9000 },
  ...over,
});

function made(read?: () => Promise<Operations>, deadlineMs?: number) {
  const registry = new Registry();
  const overflown: string[] = [];
  const database = new DatabaseMetrics(registry, (label) => overflown.push(label), deadlineMs);
  if (read) database.readFrom(read);
  const lines = async () => (await registry.metrics()).split("\n").filter((line) => line.startsWith("devmentor_"));
  return { lines, overflown };
}

describe("the figures that stand in the database", () => {
  it("are all of one look, and say zero where zero is known", async () => {
    let looks = 0;
    const { lines } = made(() => {
      looks += 1;
      return Promise.resolve(standing());
    });
    const told = await lines();
    expect(looks).toBe(1);
    for (const line of [
      "devmentor_database_answers 1",
      "devmentor_outbox_oldest_age_seconds 75.5",
      "devmentor_outbox_dead_events 1",
      'devmentor_dead_letters_open{source="job"} 0',
      'devmentor_queue_oldest_age_seconds{queue="payment_checks"} 9',
      'devmentor_pledges{state="under_way"} 5',
      'devmentor_money_minor{currency="EUR",kind="refunded"} 30',
      'devmentor_invariant_violations{invariant="1"} 0',
      'devmentor_invariant_violations{invariant="2"} 1',
      'devmentor_reconciliation_drift_minor{currency="EUR"} -12',
      'devmentor_reconciliation_drift_minor{currency="JPY"} 0',
      'devmentor_outages_open{service="stripe"} 1',
    ])
      expect(told).toContain(line);
    expect(told.join()).not.toContain('service="github"');
    await lines();
    expect(looks).toBe(1);
  });

  it("go by the first deployment while nothing was ever checked or compared", async () => {
    const told = await made(() => Promise.resolve(standing({ moneyCheck: null, reconciliation: null }))).lines();
    expect(told).toContain("devmentor_invariant_check_age_seconds 9000");
    expect(told).toContain("devmentor_reconciliation_age_seconds 9000");
    expect(told.join()).not.toContain("devmentor_invariant_violations");
  });

  it("are absent, every one, while the database is away", async () => {
    const told = await made(() => Promise.reject(new Error("away"))).lines();
    expect(told).toEqual(["devmentor_database_answers 0"]);
  });

  it("are absent before anybody said where they stand", async () => {
    expect(await made().lines()).toEqual([]);
  });

  it("do not hold up the other metrics when the database takes a question and never answers", async () => {
    const metrics = new Metrics(20);
    metrics.readOperationsFrom(() => new Promise(() => {}), 5_000_000);
    metrics.answered({ method: "GET", route: "/api/v1/me", status: 200, seconds: 0.01 });
    const text = await metrics.registry.metrics();
    expect(text).toContain("devmentor_database_answers 0");
    expect(text).toContain('route="/api/v1/me"');
    expect(text).toContain("devmentor_ai_daily_budget_micro_usd 5000000");
    expect(text).not.toMatch(/^devmentor_outbox_waiting_events \d/m);
  });

  it("stay bounded, and lose no money over it", async () => {
    const money = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`C${n}`, { raised: 1, pending: 0, refunded: 0, disputed: 0 }]),
    );
    const { lines, overflown } = made(() => Promise.resolve(standing({ money })));
    const told = (await lines()).filter((line) => line.startsWith("devmentor_money_minor"));
    expect(told).toContain('devmentor_money_minor{currency="other",kind="raised"} 100');
    expect(told.length).toBeLessThan(1_000);
    expect(overflown).toContain("currency");
  });
});
