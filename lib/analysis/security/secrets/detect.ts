import type { Confidence, Severity } from "../schemas";
import { ASSIGNMENT_TRIGGERS, endOfName, readAssignment } from "./assignment";
import { isPlaceholder, soundsFake } from "./judge";
import type { SecretKind } from "./kind";
import { CLOUD_KINDS } from "./kinds-cloud";
import { DEVELOPER_KINDS } from "./kinds-developer";
import { SERVICE_KINDS } from "./kinds-services";
import { STRUCTURAL_KINDS } from "./kinds-structural";
import { createTriggerTable } from "./trigger";

/** Something in a text that looks like a secret. Positions are indexes into the text. */
export interface SecretMatch {
  readonly kind: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly cwe: string;
  readonly advice: string;
  readonly start: number;
  readonly end: number;
  /** Characters at the start that may be shown: they only name the kind. */
  readonly visible: number;
}

/** What a search cost, counted: a test holds the cost per character down with it. */
export interface SearchCost {
  /** Places where a trigger stood. */
  triggers: number;
  /** Characters that patterns may have looked at there. */
  characters: number;
}

interface Candidate extends SecretMatch {
  readonly rank: number;
  /** False: known to be harmless (an example, a public key), so that no vaguer kind may claim it either. */
  readonly counts: boolean;
}

export const SECRET_KINDS: readonly SecretKind[] = [
  ...CLOUD_KINDS,
  ...DEVELOPER_KINDS,
  ...SERVICE_KINDS,
  ...STRUCTURAL_KINDS,
];

/** The two kinds that have no mark of their own: a name that promises a secret, and a literal. */
export const ASSIGNED_KINDS = {
  password: {
    id: "hard-coded-password",
    title: "Hard-coded password",
    cwe: "CWE-798",
    advice: "Change it wherever it is used, and read it from the environment or a secret store.",
  },
  key: {
    id: "hard-coded-key",
    title: "Hard-coded key, token or secret",
    cwe: "CWE-798",
    advice: "Replace it at its issuer, and read the new one from the environment or a secret store.",
  },
} as const;

const ASSIGNMENT = "assignment";
const table = createTriggerTable<SecretKind | typeof ASSIGNMENT>([
  ...SECRET_KINDS.flatMap((kind) =>
    kind.triggers.map((trigger) => ({ trigger, anyCase: kind.anyCase ?? false, item: kind })),
  ),
  ...ASSIGNMENT_TRIGGERS.map((trigger) => ({ trigger, anyCase: true, item: ASSIGNMENT }) as const),
]);

const DEFAULT_EDGE = /\w/;
/** Longer than any key in use: RSA with 16,384 bits is 12 KB in PEM. */
const MAX_PRIVATE_KEY = 20_000;
/** What one pattern may look at, for {@link SearchCost}; the bounds in the patterns add up to less, but for JWTs. */
const PATTERN_REACH = 400;

/** Files where a value needs no quotes. */
const BARE_VALUES =
  /(?:^|\/)(?:\.env[\w.-]*|[\w.-]+\.env|\.envrc|\.npmrc|\.pypirc|\.netrc|\.pgpass|\.htpasswd|credentials|dockerfile[\w.-]*|[\w.-]+\.(?:properties|ini|cfg|conf|config|ya?ml|sh|bash|zsh|tfvars|env|cnf|toml|txt))$/i;

/**
 * Everything in `text` that looks like a secret, in order of position, without overlaps: where two kinds match, the more
 * specific one is kept. Cost grows linearly with the length of the text, whatever is in it.
 */
export function findSecrets(text: string, path: string, cost?: SearchCost): SecretMatch[] {
  const candidates: Candidate[] = [];
  const bare = BARE_VALUES.test(path);
  let named = 0;
  table.scan(text, (kind, index) => {
    if (cost) {
      cost.triggers += 1;
      cost.characters += PATTERN_REACH;
    }
    // The name is read whole at its first trigger: `secret_access_key` has two.
    if (kind === ASSIGNMENT && index < named) return;
    if (kind === ASSIGNMENT) named = endOfName(text, index);
    const found = kind === ASSIGNMENT ? assignmentAt(text, index, bare) : matchAt(text, index, kind);
    if (found) candidates.push(found);
  });
  return withoutOverlaps(candidates);
}

function assignmentAt(text: string, index: number, bare: boolean): Candidate | null {
  const found = readAssignment(text, index, bare);
  if (!found) return null;
  const { id, ...of } = ASSIGNED_KINDS[found.kind];
  const { start, end, severity, confidence } = found;
  return { kind: id, ...of, severity, confidence, start, end, visible: 0, rank: 0, counts: true };
}

function matchAt(text: string, index: number, kind: SecretKind): Candidate | null {
  let from = index;
  const { before, edge = DEFAULT_EDGE } = kind;
  if (before)
    while (from > 0 && index - from < before.atMost && before.characters.test(text[from - 1] ?? "")) from -= 1;
  kind.pattern.lastIndex = from;
  const match = kind.pattern.exec(text);
  if (!match) return null;
  const secret = match.groups?.["secret"];
  const matchEnd = from + match[0].length;
  // A group's left edge is what the pattern says; its right one may be followed by more of the pattern.
  const start = secret === undefined ? from : text.indexOf(secret, from + Math.max(0, match[0].indexOf(secret)));
  const end =
    kind.id === "private-key" ? endOfKey(text, matchEnd) : secret === undefined ? matchEnd : start + secret.length;
  if (edge.test(text[end] ?? "")) return null;
  if (secret === undefined && start > 0 && edge.test(text[start - 1] ?? "") && !mayPrecede(text, start)) return null;
  const value = text.slice(start, end);
  const rank = kind.rank ?? 2;
  const base = { kind: kind.id, title: kind.title, cwe: kind.cwe, advice: kind.advice, start, end, rank };
  const { severity, confidence, visible } = kind;
  const harmless = { ...base, severity, confidence, visible, counts: false };
  if (rank === 2 && isPlaceholder(value.slice(visible))) return harmless;
  const verdict = kind.check ? kind.check({ text, start, end, value }) : {};
  if (!verdict) return harmless;
  const doubted = rank === 2 && soundsFake(value.slice(Math.max(visible, 8))) ? { confidence: "low" as const } : {};
  return { ...base, severity, confidence, visible, counts: true, ...verdict, ...doubted };
}

/** `KEY=ghp_…`, and `"\nAKIA…"` where the letter before the key belongs to an escape. */
function mayPrecede(text: string, start: number): boolean {
  if (text[start - 1] === "=") return true;
  return text[start - 2] === "\\" && /[nrtbf0"'`]/.test(text[start - 1] ?? "");
}

/** From the end of the opening line of a key to the end of its closing one, or of what there is of it. */
function endOfKey(text: string, from: number): number {
  const closing = text.indexOf("-----", from);
  if (closing === -1 || closing - from > MAX_PRIVATE_KEY || !text.startsWith("-----END ", closing)) {
    return Math.min(closing === -1 ? text.length : closing, from + 200);
  }
  const end = text.indexOf("-----", closing + 5);
  return end === -1 || end - closing > 60 ? closing + 5 : end + 5;
}

const MAX_GROUP = 500;
const CERTAINTY: Readonly<Record<Confidence, number>> = { high: 2, medium: 1, low: 0 };

function withoutOverlaps(candidates: readonly Candidate[]): SecretMatch[] {
  // A sweep from left to right over groups of candidates that touch one another; in a group the best are taken first.
  const byStart = candidates.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const kept: Candidate[] = [];
  let group: Candidate[] = [];
  let reach = -1;
  const settle = () => {
    const taken: Candidate[] = [];
    // A hostile file can chain thousands of them; there the first one wins, so that the cost stays linear.
    if (group.length > MAX_GROUP) {
      for (const candidate of group) if (candidate.start >= (taken.at(-1)?.end ?? 0)) taken.push(candidate);
      kept.push(...taken.filter(({ counts }) => counts));
      group = [];
      return;
    }
    const best = group.toSorted(
      (a, b) =>
        b.rank - a.rank || CERTAINTY[b.confidence] - CERTAINTY[a.confidence] || b.end - b.start - (a.end - a.start),
    );
    for (const candidate of best) {
      if (taken.every((other) => candidate.end <= other.start || candidate.start >= other.end)) taken.push(candidate);
    }
    kept.push(...taken.filter(({ counts }) => counts));
    group = [];
  };
  for (const candidate of byStart) {
    if (candidate.start >= reach && group.length > 0) settle();
    group.push(candidate);
    reach = Math.max(reach, candidate.end);
  }
  if (group.length > 0) settle();
  return kept.toSorted((a, b) => a.start - b.start).map(({ rank: _rank, counts: _counts, ...match }) => match);
}
