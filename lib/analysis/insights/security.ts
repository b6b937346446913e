import type { SecurityFinding } from "../security/schemas";
import { findingPlaces, type Facts } from "./facts";
import { counted, URGENCY, type Draft, type Rule } from "./rule";

/** Where a finding counts in full: not in tests, examples or prose. */
const inProduct = (finding: SecurityFinding): boolean =>
  finding.role !== "test" && finding.role !== "example" && finding.role !== "documentation";
const grave = (finding: SecurityFinding): boolean => finding.severity === "critical" || finding.severity === "high";
const likely = (finding: SecurityFinding): boolean => finding.confidence !== "low";
/** Fewer files that were read for dangerous code say nothing about a habit. */
const ENOUGH_FILES = 20;
/** Twice is chance, three times a habit. */
const HABIT = 3;

const likelySecrets = (facts: Facts) =>
  facts.findings.filter((each) => each.category === "secret" && inProduct(each) && likely(each));

/** Findings of one rule together: one sentence for each kind, worst first. */
function byRule(findings: readonly SecurityFinding[]): (readonly [SecurityFinding, ...SecurityFinding[]])[] {
  return [...Map.groupBy(findings, (each) => each.rule).values()].flatMap((list) => {
    const [first, ...rest] = list;
    return first ? [[first, ...rest] as const] : [];
  });
}

const WEIGHT = { critical: 40, high: 30, medium: 20, low: 10, info: 5 } as const;

export const SECURITY_RULES: readonly Rule[] = [
  {
    id: "security.secrets-in-code",
    kind: "hotspot",
    topic: "security",
    reason:
      "Whoever can read the repository has these keys, and git keeps them after they are deleted (CWE-798). Whether they still work was not tried.",
    look: (facts) => {
      const secrets = likelySecrets(facts);
      if (secrets.length === 0) return [];
      return [
        {
          sentence: `${counted(secrets.length, "likely secret stands", "likely secrets stand")} in the code.`,
          weight: 60 + secrets.length,
          places: findingPlaces(secrets),
          step: {
            sentence: `Revoke and replace ${secrets.length === 1 ? "the secret that stands" : "the secrets that stand"} in the code, then read it from the environment.`,
            reason: "Deleting the line is not enough: the history keeps it. A new key makes the old one worthless.",
            urgency: URGENCY.leakedSecret,
          },
        },
      ];
    },
  },
  {
    id: "security.grave-code",
    kind: "hotspot",
    topic: "security",
    reason: "A rule of high or critical severity matched in code that is no test, with a confidence above low.",
    look: (facts) =>
      byRule(
        facts.findings.filter((each) => each.category === "code" && inProduct(each) && grave(each) && likely(each)),
      ).map((list): Draft => {
        const [worst] = list;
        return {
          sentence: `${worst.title}: ${counted(list.length, "place")} of ${worst.severity} severity (${worst.cwe}).`,
          weight: WEIGHT[worst.severity] + list.length,
          places: findingPlaces(list),
          step: {
            sentence: `Look at “${worst.title}” first, and change it or say in a comment why it is safe.`,
            reason: worst.advice,
            urgency: URGENCY.exploitable + (worst.severity === "critical" ? 5 : 0),
          },
        };
      }),
  },
  {
    id: "security.repeated",
    kind: "gap",
    topic: "security",
    reason: `The same finding in ${HABIT} places or more, of medium severity or below, is a habit to change once.`,
    look: (facts) =>
      byRule(
        facts.findings.filter((each) => each.category === "code" && inProduct(each) && !grave(each) && likely(each)),
      )
        .filter((list) => list.length >= HABIT)
        .map((list): Draft => {
          const [worst] = list;
          return {
            sentence: `${worst.title} comes back in ${list.length} places (${worst.cwe}).`,
            weight: WEIGHT[worst.severity] / 4 + list.length,
            places: findingPlaces(list),
          };
        }),
  },
  {
    id: "security.supply-chain",
    kind: "gap",
    topic: "security",
    reason: "What is installed or run without a fixed version can be another program tomorrow (CWE-1357, CWE-829).",
    look: (facts) => {
      const chain = facts.findings.filter((each) => each.category === "supply_chain" && likely(each));
      const worst = chain[0];
      if (!worst) return [];
      const kinds = new Set(chain.map((each) => each.rule)).size;
      return [
        {
          sentence: `The supply chain has ${counted(chain.length, "loose end")}${kinds > 1 ? ` of ${kinds} kinds` : ""}, the gravest: ${worst.title}.`,
          weight: WEIGHT[worst.severity] / 3 + Math.min(10, chain.length),
          places: findingPlaces(chain),
          step: {
            sentence: `Tie down the supply chain, beginning with “${worst.title}”.`,
            reason: worst.advice,
            urgency: URGENCY.supplyChain + (grave(worst) ? 5 : 0),
          },
        },
      ];
    },
  },
  {
    id: "security.nothing-grave",
    kind: "strength",
    topic: "security",
    reason: `The rules matched, so they were at work, and nothing of high severity came up in ${ENOUGH_FILES} files or more. It is no proof that there is nothing.`,
    look: (facts) => {
      const read = facts.security?.checked.code ?? 0;
      const minor = facts.findings.filter((each) => each.category === "code");
      if (read < ENOUGH_FILES || facts.findings.some((each) => grave(each) && inProduct(each))) return [];
      return [
        {
          sentence: `${counted(read, "file")} of code gave ${counted(minor.length, "finding")}, and outside of tests none of high severity.`,
          weight: 8,
          places: findingPlaces(minor),
        },
      ];
    },
  },
  {
    id: "security.secrets-in-tests-only",
    kind: "habit",
    topic: "security",
    reason: "Values that look like secrets are usual in tests and examples, as long as they open nothing.",
    look: (facts) => {
      const secrets = facts.findings.filter((each) => each.category === "secret");
      if (secrets.length === 0 || secrets.some((each) => inProduct(each))) return [];
      return [
        {
          sentence: `What looks like a secret stands in tests, examples or prose only: ${counted(secrets.length, "place")}.`,
          weight: 3,
          places: findingPlaces(secrets),
        },
      ];
    },
  },
  {
    id: "security.decided",
    kind: "strength",
    topic: "security",
    reason: "A finding that is silenced with a reason was thought about; the reason is there for the next reader.",
    look: (facts) => {
      if (facts.suppressed.length === 0) return [];
      return [
        {
          sentence: `${counted(facts.suppressed.length, "finding is", "findings are")} marked as all right, each with its reason.`,
          weight: 4,
          places: findingPlaces(facts.suppressed),
        },
      ];
    },
  },
];
