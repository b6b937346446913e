import { describe, expect, test } from "vitest";
import type { OutboxEvent } from "./event";
import { PublishFailure, type FailureKind } from "./failure";
import { publishBatch } from "./publish-batch";

const event = (id: string, over: Partial<OutboxEvent> = {}): OutboxEvent => ({
  id,
  lane: `lane of ${id}`,
  name: "test/thing.changed",
  data: {},
  traceparent: null,
  createdAt: new Date(0),
  attempts: 1,
  ...over,
});
const many = (n: number, over: (index: number) => Partial<OutboxEvent> = () => ({})) =>
  Array.from({ length: n }, (_, index) => event(`e${index}`, over(index)));

/** Fails each call that holds one of these events. */
function failing(kind: FailureKind, ...ids: readonly string[]) {
  const calls: string[][] = [];
  const publish = async (events: readonly OutboxEvent[]): Promise<void> => {
    calls.push(events.map((one) => one.id));
    if (events.some((one) => ids.includes(one.id))) throw new PublishFailure(kind, "no");
  };
  return { calls, publish };
}

async function outcomesOf(events: readonly OutboxEvent[], publish: (events: readonly OutboxEvent[]) => Promise<void>) {
  const { outcomes, outage } = await publishBatch(events, publish, () => false);
  const said = Object.fromEntries(outcomes.map((one) => [one.id, one.outcome]));
  const but = Object.entries(said).filter(([, outcome]) => outcome !== "published");
  return { outage, count: outcomes.length, but: Object.fromEntries(but) };
}

describe("publishBatch", () => {
  test("one call when nothing is wrong", async () => {
    const { calls, publish } = failing("refused");
    await expect(outcomesOf(many(100), publish)).resolves.toEqual({ outage: false, count: 100, but: {} });
    expect(calls).toHaveLength(1);
  });

  test("finds two bad events among a hundred in few calls", async () => {
    const { calls, publish } = failing("refused", "e17", "e80");
    await expect(outcomesOf(many(100), publish)).resolves.toEqual({
      outage: false,
      count: 100,
      but: { e17: "refused", e80: "refused" },
    });
    expect(calls.length).toBeLessThan(32);
  });

  test("sends nothing of a lane after an event that was not published, also over halves", async () => {
    const events = many(8, (index) => ({ lane: index % 2 === 0 ? "even" : "odd" }));
    const { publish } = failing("refused", "e2");
    await expect(outcomesOf(events, publish)).resolves.toMatchObject({
      but: { e2: "refused", e4: "held_back", e6: "held_back" },
    });
  });

  test("an event that is too large is given up, and its lane goes on", async () => {
    const events = many(4, () => ({ lane: "one" }));
    const { publish } = failing("too_large", "e1");
    await expect(outcomesOf(events, publish)).resolves.toEqual({
      outage: false,
      count: 4,
      but: { e1: "unacceptable" },
    });
  });

  test("cuts what would be a huge call, and refuses unsent what nobody takes", async () => {
    const text = (mib: number) => ({ data: { text: "x".repeat(mib * 1024 * 1024) } });
    const { calls, publish } = failing("refused");
    const events = [event("a", text(1)), event("b", text(1.5)), event("c", text(1)), event("d", text(3)), event("e")];
    await expect(outcomesOf(events, publish)).resolves.toMatchObject({ but: { d: "unacceptable" } });
    expect(calls).toEqual([
      ["a", "b"],
      ["c", "e"],
    ]);
  });

  test("asks once when nobody is there", async () => {
    const { calls, publish } = failing("unreachable", "e0");
    const result = await outcomesOf(many(10), publish);
    expect([result.outage, Object.values(result.but)]).toEqual([true, Array.from({ length: 10 }, () => "unreachable")]);
    expect(calls).toHaveLength(1);
  });

  test("an event over which the connection breaks, time and again, is found in the end", async () => {
    const { publish } = failing("unreachable", "e5");
    const events = many(10, () => ({ attempts: 4 }));
    await expect(outcomesOf(events, publish)).resolves.toEqual({ outage: false, count: 10, but: { e5: "refused" } });
  });

  test("a service that breaks over everything is an outage, found in few calls, and blames nobody", async () => {
    const events = many(100);
    const { calls, publish } = failing("failed", ...events.map((one) => one.id));
    const result = await outcomesOf(events, publish);
    expect([result.outage, new Set(Object.values(result.but))]).toEqual([true, new Set(["unreachable"])]);
    expect(calls.length).toBeLessThan(12);
  });

  test("hands back what it has no time for", async () => {
    let sent = 0;
    const publish = async (): Promise<void> => {
      sent += 1;
      throw new PublishFailure("refused", "no");
    };
    const { outcomes } = await publishBatch(many(4), publish, () => sent > 0);
    expect(outcomes.map((one) => one.outcome)).toEqual(Array.from({ length: 4 }, () => "held_back"));
  });
});
