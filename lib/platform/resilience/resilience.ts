import { serverEnv } from "@/lib/env/server";
import type { BreakerChange, BreakerState } from "./breaker";
import { Guard, type CallContext, type CallOptions, type GuardObserver } from "./guard";
import { POLICIES, type Policy, type PolicyName } from "./policies";

/** How one service stands, as this process sees it. */
export interface BreakerStatus {
  readonly policy: PolicyName;
  /** The policy's name, with the target if there is one: `github`, `git-clone:codeberg.org`. */
  readonly service: string;
  readonly state: BreakerState;
  /** When its breaker opened, until it closes. */
  readonly openedAt: Date | undefined;
  /** Calls under way and calls that wait for their turn. */
  readonly running: number;
  readonly waiting: number;
  /** How many may run at once. */
  readonly limit: number;
}

export type OutsideChange = BreakerChange & { readonly policy: PolicyName; readonly service: string };

/** All guards of a process. The product uses the one behind {@link run}; tests make their own. */
export class Resilience {
  readonly #policies: Readonly<Record<PolicyName, Policy>>;
  readonly #timeZone: () => string;
  readonly #guards = new Map<string, { readonly policy: PolicyName; readonly guard: Guard }>();
  readonly #observers = new Set<GuardObserver>();
  readonly #listeners = new Set<(change: OutsideChange) => void>();
  readonly #pings = new Map<PolicyName, () => Promise<void>>();

  constructor(policies: Readonly<Record<PolicyName, Policy>>, timeZone: () => string) {
    this.#policies = policies;
    this.#timeZone = timeZone;
    for (const name of Object.keys(policies) as PolicyName[]) this.#guard(name, undefined);
  }

  /** As {@link run}. */
  run<T>(policy: PolicyName, call: (context: CallContext) => Promise<T>, options: CallOptions = {}): Promise<T> {
    return this.#guard(policy, options.target).run(call, options);
  }

  /**
   * Gives the services of a policy a ping, with which an open breaker learns early that its service is back.
   * @param ping rejects while the service does not answer; ends within a time limit of its own
   */
  pingWith(policy: PolicyName, ping: () => Promise<void>): void {
    this.#pings.set(policy, ping);
    for (const each of this.#guards.values()) if (each.policy === policy) each.guard.breaker.pingWith(ping);
  }

  /** How each service stands; those that a policy has several of appear once they were called. */
  states(): BreakerStatus[] {
    return [...this.#guards].map(([service, { policy, guard }]) => ({
      policy,
      service,
      state: guard.breaker.state,
      openedAt: guard.breaker.openedAt,
      ...guard.load,
    }));
  }

  /** @returns a function that ends the listening */
  onChange(listener: (change: OutsideChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @returns a function that ends the observing */
  observe(observer: GuardObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  #guard(name: PolicyName, target: string | undefined): Guard {
    const service = target === undefined ? name : `${name}:${target}`;
    const known = this.#guards.get(service);
    if (known) return known.guard;
    const policy = this.#policies[name];
    const guard = new Guard({ name, service, policy, timeZone: this.#timeZone, observers: () => this.#observers });
    const ping = this.#pings.get(name);
    if (ping) guard.breaker.pingWith(ping);
    guard.breaker.onChange((change) => {
      for (const listener of this.#listeners) listener({ ...change, policy: name, service });
    });
    this.#guards.set(service, { policy: name, guard });
    return guard;
  }
}

/** Next has several module graphs in a process; a breaker that each had for itself would count a part of the failures. */
const KEY = Symbol.for("devmentor.resilience");
const home = globalThis as { [KEY]?: Resilience };

/** This process's guards. */
export function resilience(): Resilience {
  return (home[KEY] ??= new Resilience(POLICIES, () => serverEnv().OFFICE_HOURS_TIME_ZONE));
}

/**
 * Calls an outside service under its named policy: time limit, retries, breaker, bulkhead.
 * @throws OutsideCallError when the call was given up (it names attempts and cause); a 4xx that is not
 *   worth repeating, a decline and the caller's own abort are thrown as they came
 */
export function run<T>(
  policy: PolicyName,
  call: (context: CallContext) => Promise<T>,
  options?: CallOptions,
): Promise<T> {
  return resilience().run(policy, call, options);
}

/** How each outside service stands, as this process sees it; for metrics and the health page. */
export function breakerStates(): BreakerStatus[] {
  return resilience().states();
}
