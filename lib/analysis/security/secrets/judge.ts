/** Bits per character of `value` by how often each character is in it (Shannon). 0 for an empty one. */
export function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

/** Words that only a text written as an example has. Compared in small letters, without separators. */
const PLACEHOLDER_WORDS =
  /example|sample|placeholder|changeme|change-me|change_me|change me|replaceme|replace[-_ ](?:me|with|this)|insert[-_ ]|your[-_ ]?|dummy|redacted|xxxx|\*\*\*|\.\.\.|…|<[a-z]|todo|foobar|foo[-_]?bar|not[-_ ]?(?:a|the)?[-_ ]?real|goes[-_ ]?here|lorem|abcdef0?123456|123456789a?|fill[-_ ]?(?:me|in)|put[-_ ]|some[-_ ]?(?:secret|password|token|key)|my[-_ ]?(?:secret|password|token|api|key|access)|enter[-_ ]/i;

/** Text that a program or a template fills in: `${X}`, `{{ x }}`, `%(x)s`, `$(x)`, `#{x}`, `<x>`, `%X%`, `$X`, `@x@`. */
const FILLED_IN =
  /\$\{|\{\{|\}\}|%\(|\$\(|#\{|^<[^>]{0,80}>$|^%[\w.-]{1,60}%$|^\$\S|^@[\w.-]{1,60}@$|%[sd]|^\{[\w.]{0,60}\}$|<%|\[\[/;

const RUNS =
  "0123456789 abcdefghijklmnopqrstuvwxyz 9876543210 zyxwvutsrqponmlkjihgfedcba qwertyuiopasdfghjklzxcvbnm 1234567890";

/** Whether somebody wrote `value` to show where a secret goes. Linear. */
export function isPlaceholder(value: string): boolean {
  if (value === "" || FILLED_IN.test(value) || PLACEHOLDER_WORDS.test(value)) return true;
  return isMonotonous(value);
}

/** The same few characters again and again, or a run of the alphabet or the keyboard. */
export function isMonotonous(value: string): boolean {
  const lower = value.toLowerCase();
  const letters = new Set(lower);
  if (letters.size <= Math.min(4, Math.ceil(value.length / 5))) return true;
  // Fragments of four that stand in a row: AbCdEfGhIjKl0123.
  let inRun = 0;
  for (let at = 0; at + 4 <= lower.length; at += 1) if (RUNS.includes(lower.slice(at, at + 4))) inRun += 1;
  return inRun >= Math.max(3, (lower.length - 3) * 0.4);
}

/** Words that make a well-formed key doubtful, though it may be real. */
export function soundsFake(value: string): boolean {
  return /fake|test|mock|demo|dummy|invalid|expired/i.test(value);
}

export interface CharacterClasses {
  readonly lower: boolean;
  readonly upper: boolean;
  readonly digits: number;
  readonly special: boolean;
  readonly space: boolean;
}

/** What sorts of characters `value` has. */
export function classesOf(value: string): CharacterClasses {
  return {
    lower: /[a-z]/.test(value),
    upper: /[A-Z]/.test(value),
    digits: value.replace(/[^0-9]/g, "").length,
    special: /[^\p{L}\p{N}\s_]/u.test(value),
    space: /\s/.test(value),
  };
}

/**
 * Whether `value` is made of words, as names, labels, identifiers and sentences are: `access-token`, `config.auth.key`,
 * `InvalidPasswordError`, `DATABASE_PASSWORD`.
 */
export function isWords(value: string): boolean {
  const parts = value.split(/[\s_.:/,;'"!?()[\]{}<>=&|+*-]|(?<=[a-z])(?=[A-Z])/).filter((part) => part !== "");
  if (parts.length === 0) return true;
  const words = parts.filter(
    (part) => /^(?:[A-Z]?[a-z]{1,15}|[A-Z]{1,15}|\d{1,3}|v\d{1,2})$/.test(part) && isPronounceable(part),
  );
  return words.length === parts.length;
}

/** Neither a long run of consonants nor a letter that hardly any word has in that place. */
function isPronounceable(part: string): boolean {
  return !/[bcdfghjklmnpqrstvwxz]{5}/i.test(part) && (part.length < 6 || /[aeiouy]/i.test(part));
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Whether `value` looks drawn at random: enough letters and digits mixed, and bits per character that words do not have.
 * The thresholds are what 99 of 100 strings drawn at random exceed (100,000 drawn for each): 20 hexadecimal digits 2.90
 * bits, 16 letters and digits 3.33, 20 of them 3.65.
 */
export function isRandom(value: string): boolean {
  if (value.length < 16 || /\s/.test(value)) return false;
  const bits = entropyOf(value);
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= 20 && bits >= 2.9 && /\d/.test(value) && /[a-f]/i.test(value);
  const { lower, upper, digits } = classesOf(value);
  if (digits === 0 && !(lower && upper && /[+/=]/.test(value))) return false;
  return bits >= (value.length < 20 ? 3.3 : 3.6) && (lower || upper) && digits >= 2;
}
