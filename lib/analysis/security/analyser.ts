import "server-only";
import type { FileAnalyser, RepositoryFacts } from "../engine";
import type { SourceFile } from "../source";
import type { SyntaxTree } from "../syntax/syntax-tree";
import { familyOf } from "../syntax/grammars";
import { PARSE_LIMITS } from "../syntax/parser";
import { CODE_RULE_IDS } from "./code/catalogue";
import { hasRules } from "./code/dialect-of";
import { findDangerousCode, looksAt, type CodeFound } from "./code/find";
import { FindingCollector } from "./collect";
import { ShownText, type Hit, type ShownSpan } from "./finding";
import type { NotChecked, SecurityFound } from "./schemas";
import { ASSIGNED_KINDS, findSecrets, SECRET_KINDS, type SecretMatch } from "./secrets/detect";
import { doubtDocumented } from "./secrets/documented";
import { SUPPLY_RULE_IDS } from "./supply-chain/catalogue";
import { SupplyChain, type LockedPackages } from "./supply-chain/check";
import { LOCKFILE_LIMITS } from "./supply-chain/lockfile";
import { readSuppressions } from "./suppression";
import type { Lockfile } from "../vulnerabilities/schemas";

const RULES =
  SECRET_KINDS.length + Object.keys(ASSIGNED_KINDS).length + CODE_RULE_IDS.length + SUPPLY_RULE_IDS.length + 1;

const WITHOUT_REASON = {
  rule: "code/suppression-without-reason",
  category: "code",
  cwe: "CWE-1116",
  title: "A finding is suppressed without a rule and a reason",
  advice:
    "Write `devmentor-ignore <rule>: <why this is all right here>`, so that the next reader can judge it. Until then it suppresses nothing.",
  severity: "low",
  confidence: "high",
} as const;

/** No zero and no tick: there is no advisory data on npm that could be read offline, and nobody has said that names may leave. */
function withoutAdvisories(packages: number): string {
  const named =
    packages === 0
      ? ""
      : ` The lockfiles name ${packages} ${packages === 1 ? "package with its version" : "packages with their versions"}.`;
  return `Known vulnerabilities: not checked (no advisory data).${named}`;
}

/** Said with every result: what was not looked at is not clean. */
const notChecked = (packages: number): NotChecked[] => [
  {
    what: "history",
    message:
      "History not scanned: only the newest commit was read. A secret that was removed later is still in the history.",
  },
  { what: "vulnerabilities", message: withoutAdvisories(packages) },
  { what: "secrets_live", message: "Secrets were not verified live: no issuer was asked whether they still work." },
];

interface SecurityAnalyser extends FileAnalyser<SecurityFound> {
  /** What the lockfiles name, for whoever wants to have it looked up. */
  packages(): readonly Lockfile[];
}

/**
 * Looks for secrets, dangerous code and weak spots of the supply chain, file by file. Keeps neither texts nor trees.
 */
export function createSecurityAnalyser(about: RepositoryFacts): SecurityAnalyser {
  const collector = new FindingCollector();
  const supplyChain = new SupplyChain(about.paths);
  const checked = { secrets: 0, code: 0, supplyChain: 0, rules: RULES };
  let spentMs = 0;
  return {
    async add(file, parsed) {
      const started = performance.now();
      if (file.role !== "vendored") {
        const found = findSecrets(file.text, file.path);
        const secrets = parsed?.ok ? doubtDocumented(parsed.tree, found) : found;
        checked.secrets += 1;
        const code = parsed?.ok && file.role !== "generated" ? dangerousCode(parsed.tree, file.path) : null;
        if (code) checked.code += 1;
        else if (parsed && !parsed.ok && parsed.why !== "no_grammar" && hasRules(familyOf(file.language)))
          collector.limit("syntax", PARSE_LIMITS.maxBytes, file.path);
        const shown = new ShownText(file.text, code ? withHidden(secrets, code.hidden) : secrets);
        const suppressions = readSuppressions(file.text, shown);
        const reported = secrets.filter((secret) => isReported(secret, file));
        const groups = new Map<Hit, string>();
        const hits: Hit[] = reported.map((secret) => {
          const hit = hitOf(secret);
          groups.set(hit, `${secret.kind}\0${file.text.slice(secret.start, secret.end)}`);
          return hit;
        });
        hits.push(...(code?.hits ?? []));
        const supply = await supplyChain.check(file);
        if (supply?.unread)
          collector.limit(
            supply.unread,
            supply.unread === "lockfile_bytes" ? LOCKFILE_LIMITS.maxBytes : LOCKFILE_LIMITS.maxDepth,
            file.path,
          );
        else if (supply) checked.supplyChain += 1;
        hits.push(...(supply?.hits ?? []));
        for (const { start, end } of suppressions.invalid) hits.push({ ...WITHOUT_REASON, start, end });
        collector.addFile(
          { path: file.path, role: file.role, shown, suppressions },
          hits,
          (hit) => groups.get(hit) ?? null,
        );
      }
      spentMs += performance.now() - started;
    },
    packages: () => supplyChain.locked.map(askable).filter(({ packages }) => packages.length > 0),
    finish() {
      const packages = supplyChain.locked.reduce((sum, { packages: named }) => sum + named.length, 0);
      return {
        ...collector.finish(),
        checked,
        vulnerabilities: { status: "not_checked", message: withoutAdvisories(packages) },
        notChecked: notChecked(packages),
        measuredMs: Math.round(spentMs),
      };
    },
  };
}

/** As an advisory database knows them: pnpm puts peers behind a version. What no registry would take is left out. */
function askable({ path, packages }: LockedPackages): Lockfile {
  return {
    path,
    packages: packages
      .map(({ ecosystem, name, version }) => ({ ecosystem, name, version: version.replace(/[(_][^]*$/, "") }))
      .filter(({ name, version }) => name.length <= 214 && version.length <= 90),
  };
}

/** What tools write is full of names and long strings: there only a mark of an issuer counts. */
function isReported(secret: SecretMatch, { role }: SourceFile): boolean {
  return role !== "generated" || (secret.confidence === "high" && secret.kind !== "private-key");
}

function hitOf({ kind, title, cwe, advice, severity, confidence, start, end }: SecretMatch): Hit {
  return { rule: `secret/${kind}`, category: "secret", cwe, title, advice, severity, confidence, start, end };
}

function dangerousCode(tree: SyntaxTree, path: string): CodeFound | null {
  return looksAt(tree) ? findDangerousCode(tree, path) : null;
}

/** What a rule about code knows to be secret is masked like what looks like one. */
function withHidden(secrets: readonly SecretMatch[], hidden: CodeFound["hidden"]): readonly ShownSpan[] {
  return hidden.length === 0 ? secrets : [...secrets, ...hidden].toSorted((a, b) => a.start - b.start);
}
