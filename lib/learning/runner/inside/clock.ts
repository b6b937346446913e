/**
 * Timers and dates inside: a clock that stands still while code runs and jumps to the next timer when nothing else is
 * left to do. So a wait of a minute costs nothing, and what is printed is the same in every run.
 */
const START = Date.UTC(2026, 0, 5, 9, 0, 0);
/** A loop that only watches the clock would never end: every so many looks move it by a millisecond. */
const LOOKS_PER_MS = 100;

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly late: boolean;
  readonly order: number;
  readonly everyMs: number | null;
  readonly call: () => void;
}

let elapsed = 0;
let looks = 0;
let ids = 0;
let order = 0;
const waiting = new Map<number, Timer>();

export function now(): number {
  looks += 1;
  if (looks % LOOKS_PER_MS === 0) elapsed += 1;
  return START + elapsed;
}

export function sinceStart(): number {
  return now() - START;
}

function add(call: unknown, ms: number, everyMs: number | null, late: boolean, args: readonly unknown[]): number {
  if (typeof call !== "function") throw new TypeError("The callback of a timer must be a function");
  ids += 1;
  order += 1;
  const id = ids;
  waiting.set(id, { id, at: elapsed + ms, late, order, everyMs, call: () => void call(...args) });
  return id;
}

const atLeastOne = (ms: unknown): number => {
  const asked = Math.trunc(Number(ms));
  return asked >= 1 && asked <= 2_147_483_647 ? asked : 1;
};

export const timers = {
  setTimeout: (call: unknown, ms?: unknown, ...args: unknown[]) => add(call, atLeastOne(ms), null, false, args),
  setInterval: (call: unknown, ms?: unknown, ...args: unknown[]) =>
    add(call, atLeastOne(ms), atLeastOne(ms), false, args),
  setImmediate: (call: unknown, ...args: unknown[]) => add(call, 0, null, true, args),
  clearTimeout: (id: unknown) => void waiting.delete(Number(id)),
  clearInterval: (id: unknown) => void waiting.delete(Number(id)),
  clearImmediate: (id: unknown) => void waiting.delete(Number(id)),
};

/** Moves the clock to the next timer and calls it. @returns false when there is none */
export function fireNext(): boolean {
  let next: Timer | null = null;
  for (const timer of waiting.values()) if (next === null || comesBefore(timer, next)) next = timer;
  if (next === null) return false;
  elapsed = Math.max(elapsed, next.at);
  if (next.everyMs === null) waiting.delete(next.id);
  else {
    order += 1;
    waiting.set(next.id, { ...next, at: elapsed + next.everyMs, order });
  }
  next.call();
  return true;
}

function comesBefore(one: Timer, other: Timer): boolean {
  if (one.at !== other.at) return one.at < other.at;
  // What was asked for "immediately" comes after the timers that are due with it.
  if (one.late !== other.late) return other.late;
  return one.order < other.order;
}

const RealDate = Date;

/** `Date` on the clock of this run. */
export function virtualDate(): DateConstructor {
  function VirtualDate(this: unknown, ...args: unknown[]): unknown {
    if (!new.target) return new RealDate(now()).toString();
    return Reflect.construct(RealDate, args.length === 0 ? [now()] : args, new.target as unknown as typeof RealDate);
  }
  Object.defineProperty(VirtualDate, "name", { value: "Date" });
  VirtualDate.prototype = RealDate.prototype;
  VirtualDate.now = now;
  VirtualDate.parse = RealDate.parse;
  VirtualDate.UTC = RealDate.UTC;
  Object.defineProperty(RealDate.prototype, "constructor", {
    value: VirtualDate,
    writable: true,
    configurable: true,
  });
  return VirtualDate as unknown as DateConstructor;
}
