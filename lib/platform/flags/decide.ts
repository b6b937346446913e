import { createHash } from "node:crypto";
import type { FlagDefinition } from "./flags";

/** What an operator has set of one flag. */
export interface FlagRules {
  readonly name: string;
  readonly killed: boolean;
  /** What those get whom a rule takes in. */
  readonly value: unknown;
  /** 0 to 100. */
  readonly percentage: number;
  readonly roles: readonly string[];
  readonly userIds: readonly string[];
  readonly version: number;
}

/** Whom it is decided for. */
export interface FlagSubject {
  readonly userId?: string | undefined;
  readonly roles?: readonly string[];
}

/** @returns whether a value is one that the flag can have */
export function isValueOf(flag: FlagDefinition, value: unknown): value is boolean | string {
  return flag.type === "boolean" ? typeof value === "boolean" : flag.choices.some((choice) => choice === value);
}

/**
 * What somebody gets: the kill switch first, then persons, roles and the percentage, else the default. A value that
 * the flag cannot have (set before the flag was changed in code) is nobody's.
 */
export function decide(
  name: string,
  flag: FlagDefinition,
  rules: FlagRules | undefined,
  of: FlagSubject,
): boolean | string {
  if (!rules) return flag.default;
  if (rules.killed) return flag.off;
  if (!isValueOf(flag, rules.value)) return flag.default;
  const { userId, roles = [] } = of;
  const taken =
    rules.percentage >= 100 ||
    roles.some((role) => rules.roles.includes(role)) ||
    (userId !== undefined && (rules.userIds.includes(userId) || place(name, userId) < rules.percentage));
  return taken ? rules.value : flag.default;
}

/**
 * Where somebody stands between 0 and 100: always in the same place for one flag, so that who is in stays in as the
 * percentage grows, and in another for another flag, so that it is not always the same who try things out.
 */
export function place(flag: string, userId: string): number {
  const hash = createHash("sha256").update(`${flag}:${userId.toLowerCase()}`).digest();
  return (hash.readUInt32BE(0) / 2 ** 32) * 100;
}
