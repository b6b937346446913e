import { inspect } from "./inspect";

/** The part of `node:assert/strict` that tests use, and `node:test`'s `test`. */
const { is, keys, getPrototypeOf } = Object;
const { isArray } = Array;

class AssertionError extends Error {
  override readonly name = "AssertionError";
}

type Wanted = RegExp | Readonly<Record<string, unknown>> | ((error: unknown) => unknown);

function fail(given: unknown, otherwise: string): never {
  if (given instanceof Error) throw given;
  throw new AssertionError(given === undefined ? otherwise : `${String(given)} (${otherwise})`);
}

function same(one: unknown, other: unknown): boolean {
  if (is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (getPrototypeOf(one) !== getPrototypeOf(other) || isArray(one) !== isArray(other)) return false;
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (one instanceof Error && other instanceof Error && (one.message !== other.message || one.name !== other.name))
    return false;
  if (one instanceof Map && other instanceof Map)
    return one.size === other.size && [...one].every(([key, held]) => other.has(key) && same(held, other.get(key)));
  if (one instanceof Set && other instanceof Set)
    return one.size === other.size && [...one].every((held) => [...other].some((candidate) => same(held, candidate)));
  const names = keys(one);
  if (names.length !== keys(other).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(other, name) &&
      same((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
  );
}

function matches(error: unknown, wanted: Wanted | undefined, message: unknown): void {
  if (wanted === undefined) return;
  if (wanted instanceof RegExp) {
    if (!wanted.test(String(error))) fail(message, `the error ${inspect(error)} does not match ${String(wanted)}`);
  } else if (typeof wanted === "function") {
    const isErrorClass = wanted === Error || Object.prototype.isPrototypeOf.call(Error, wanted);
    const isFine = isErrorClass ? error instanceof (wanted as unknown as ErrorConstructor) : wanted(error) === true;
    if (!isFine) fail(message, `the error ${inspect(error)} is not of the kind that was expected`);
  } else {
    for (const name of keys(wanted)) {
      const is = (error as Record<string, unknown> | null)?.[name];
      const want = wanted[name];
      if (want instanceof RegExp ? !want.test(String(is)) : !same(is, want))
        fail(message, `the error's ${name} is ${inspect(is)}, not ${inspect(want)}`);
    }
  }
}

function ok(value: unknown, message?: unknown): void {
  if (!value) fail(message, `${inspect(value)} is not truthy`);
}

export const assert = Object.assign((value: unknown, message?: unknown) => ok(value, message), {
  ok,
  fail: (message?: unknown) => fail(message, "failed"),
  equal(actual: unknown, expected: unknown, message?: unknown): void {
    if (!is(actual, expected)) fail(message, `got ${inspect(actual)}, expected ${inspect(expected)}`);
  },
  notEqual(actual: unknown, expected: unknown, message?: unknown): void {
    if (is(actual, expected)) fail(message, `got ${inspect(actual)}, which was not to be`);
  },
  deepEqual(actual: unknown, expected: unknown, message?: unknown): void {
    if (!same(actual, expected)) fail(message, `got ${inspect(actual)}, expected ${inspect(expected)}`);
  },
  notDeepEqual(actual: unknown, expected: unknown, message?: unknown): void {
    if (same(actual, expected)) fail(message, `got ${inspect(actual)}, which was not to be`);
  },
  match(actual: string, pattern: RegExp, message?: unknown): void {
    if (typeof actual !== "string" || !pattern.test(actual))
      fail(message, `${inspect(actual)} does not match ${String(pattern)}`);
  },
  doesNotMatch(actual: string, pattern: RegExp, message?: unknown): void {
    if (pattern.test(actual)) fail(message, `${inspect(actual)} matches ${String(pattern)}`);
  },
  throws(call: () => unknown, wanted?: Wanted, message?: unknown): void {
    try {
      call();
    } catch (error) {
      return matches(error, wanted, message);
    }
    fail(message, "nothing was thrown");
  },
  doesNotThrow(call: () => unknown, message?: unknown): void {
    try {
      call();
    } catch (error) {
      fail(message, `it threw ${inspect(error)}`);
    }
  },
  async rejects(work: Promise<unknown> | (() => Promise<unknown>), wanted?: Wanted, message?: unknown): Promise<void> {
    let value: unknown;
    try {
      value = await (typeof work === "function" ? work() : work);
    } catch (error) {
      return matches(error, wanted, message);
    }
    fail(message, `it was not rejected, but gave ${inspect(value)}`);
  },
});

interface Registered {
  readonly name: string;
  readonly call: () => unknown;
}

const registered: Registered[] = [];

export function test(name: string, call: () => unknown): void {
  registered.push({ name: String(name), call });
}

let giveUp: (() => void) | null = null;

/** Ends a test that waits for what cannot come. @returns false when none is being run */
export function leaveStuckTest(): boolean {
  if (!giveUp) return false;
  giveUp();
  return true;
}

export async function runTests(
  limit: number,
  report: (name: string, passed: boolean, message: string) => void,
): Promise<void> {
  for (const { name, call } of registered.slice(0, limit)) {
    const stuck = new Promise<never>((_, reject) => {
      giveUp = () => reject(new AssertionError("it waits for a promise that nothing will settle any more"));
    });
    try {
      await Promise.race([call(), stuck]);
      report(name, true, "");
    } catch (error) {
      report(name, false, error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${inspect(error)}`);
    }
    giveUp = null;
  }
}
