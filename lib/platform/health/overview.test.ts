import { expect, it } from "vitest";
import { percentile } from "./history";
import { statusOf } from "./overview";
import type { DependencyHealth, Moment } from "./schemas";
import { scalingTriggers } from "./triggers";

const dependency = (over: Partial<DependencyHealth>): DependencyHealth => ({
  name: "one",
  purpose: "something",
  needed: false,
  status: "up",
  ms: 1,
  breaker: "closed",
  since: null,
  lastCall: null,
  lastError: null,
  ...over,
});

const moment = (requests: number): Moment => ({
  at: 0,
  requests,
  failing: 0,
  slow: 0,
  outsideFailures: 0,
  cacheHits: null,
  busy: 0,
  memoryBytes: 1,
  oldestEvent: 0,
  waiting: 0,
});

it.each([
  ["nothing is known without the database's word", [], "degraded"],
  ["something that is not needed is away", [dependency({ status: "down" })], "degraded"],
  ["something that is needed is away", [dependency({ status: "down", needed: true })], "unwell"],
] as const)("%s", (_why, dependencies, status) => {
  expect(statusOf([...dependencies], undefined)).toBe(status);
});

it("takes the bucket in which the share lies", () => {
  const within = new Map([
    [0.1, 90],
    [0.5, 95],
    [1, 99],
  ]);
  expect(percentile(0.95, 100, within)).toBe(0.5);
  expect(percentile(0.5, 100, within)).toBe(0.1);
  expect(percentile(0.999, 100, within)).toBe(1);
  expect(percentile(0.95, 0, within)).toBeNull();
});

it("calls a peak sustained when it lasts five minutes", () => {
  const triggerOf = (moments: readonly Moment[]) => scalingTriggers(moments, undefined)[1];
  expect(triggerOf(Array.from({ length: 19 }, () => moment(5_000)))?.holds).toBeNull();
  const short = [...Array.from({ length: 19 }, () => moment(0)), moment(15_000)];
  expect(triggerOf(short)).toMatchObject({ present: "750", holds: false });
  expect(triggerOf(Array.from({ length: 20 }, () => moment(1_200)))).toMatchObject({ present: "1200", holds: true });
});
