import type { Confidence, Severity } from "../schemas";

/** What a kind of secret is told about the place where its pattern matched. */
export interface SecretPlace {
  readonly text: string;
  /** Of the secret itself in `text`. */
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** What a closer look at a match may change about it. */
export interface SecretVerdict {
  readonly severity?: Severity;
  readonly confidence?: Confidence;
}

/**
 * One kind of secret. It is tried only where one of its `triggers` stands, from a start that depends on nothing but a bounded
 * number of characters; so that looking for all kinds costs a bounded number of steps per character of the file.
 */
export interface SecretKind {
  /** `github-token`; part of the rule's name, which is `secret/github-token`. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly cwe: string;
  readonly advice: string;
  /** Literal text that each match has, at its start unless `before` says how much may stand before it. */
  readonly triggers: readonly string[];
  /** Capital and small letters of the triggers are the same. */
  readonly anyCase?: boolean;
  /** Sticky. Without an unbounded repetition: see `linear.test.ts`. The group `secret` is the secret, else the whole match. */
  readonly pattern: RegExp;
  /** Characters (as a class) that may stand before the trigger and belong to the match, and how many. */
  readonly before?: { readonly characters: RegExp; readonly atMost: number };
  /** Characters that may not stand next to the match: they would make it a part of something longer. */
  readonly edge?: RegExp;
  /** How many characters of the secret may be shown, because they only name its kind. */
  readonly visible: number;
  /** A higher one wins where two kinds match the same characters. Default 2; structures 1, guesses 0. */
  readonly rank?: 0 | 1 | 2 | 3;
  /** A closer look: null when it is none after all. Must be linear in the length of the value. */
  readonly check?: (place: SecretPlace) => SecretVerdict | null;
}

const REVOKE = "Revoke it at the issuer, give out a new one, and read it from the environment or a secret store.";

/** Fields that most kinds share: a key of a service, hard-coded (CWE-798). */
export function serviceKey(
  kind: Pick<SecretKind, "id" | "title" | "triggers" | "pattern" | "visible"> & Partial<SecretKind>,
): SecretKind {
  return { severity: "high", confidence: "high", cwe: "CWE-798", advice: REVOKE, ...kind };
}
