/** Shorter than this, a quote could be found in anything. */
const MIN_QUOTE = 8;

const squeeze = (text: string): string => text.normalize("NFC").replace(/\s+/g, " ").trim();

/** Whether a quote stands in one of the texts, white space aside, and is long enough to say something. */
export function standsIn(quote: string, texts: readonly string[]): boolean {
  const sought = squeeze(quote);
  return sought.length >= MIN_QUOTE && texts.some((text) => squeeze(text).includes(sought));
}

/** Whether there are quotes and each of them stands in the evidence. */
export function quotesHold(quotes: readonly string[], evidence: readonly string[]): boolean {
  return quotes.length > 0 && quotes.every((quote) => standsIn(quote, evidence));
}

/** Figures in a text, percent signs and all, in order of size of their spelling: `["12", "3,400", "50%"]`. */
function figures(text: string): string[] {
  return [...new Set(text.match(/\d+(?:[.,]\d+)*%?/g))].toSorted();
}

/** Whether the figures of a text are among those of the evidence. */
export function figuresHold(text: string, evidence: readonly string[]): boolean {
  const known = new Set(evidence.flatMap(figures));
  return figures(text).every((figure) => known.has(figure));
}

/** Whether both texts name the same figures: a rewording that drops "3 of 40" says something else. */
export function sameFigures(one: string, other: string): boolean {
  return figures(one).join(" ") === figures(other).join(" ");
}

/** Plain words of ours in plain lines: no link, no markup, nothing that is not seen. */
export function isPlain(text: string, maxLength: number): boolean {
  return (
    text.trim() !== "" &&
    text.length <= maxLength &&
    !/https?:|www\.|<[a-z/!]|\]\(|```/i.test(text) &&
    // Control, zero-width and bidirectional characters have no place in a sentence.
    !/[\p{Cc}\p{Cf}\p{Co}]/u.test(text.replaceAll("\n", ""))
  );
}

/** Words that carry no meaning of their own, so that sharing them shows nothing. */
const COMMON = new Set(
  (
    "about after again also because been before being both could does each from have here into just like made make many more most much only " +
    "other over same should some such than that their them then there these they this those through under very were what when where which " +
    "while with would your"
  ).split(" "),
);

/** Words of four letters and more, by their first five letters: `functions` and `functional` are one. */
function stems(text: string): Set<string> {
  const words = text.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
  return new Set(words.filter((word) => !COMMON.has(word)).map((word) => word.slice(0, 5)));
}

/** The part of a text's words, 0 to 1, that the evidence has too. */
export function wordsShared(text: string, evidence: readonly string[]): number {
  const own = stems(text);
  const known = stems(evidence.join(" "));
  return own.size === 0 ? 0 : [...own].filter((stem) => known.has(stem)).length / own.size;
}

const DENIALS =
  /\b(?:no|not|none|never|without|nothing|nobody|neither|nor|cannot|lacks?|missing|absent|un(?!i|der|til|less)\p{L}{3,})\b|n['’]t\b/giu;

/**
 * Whether both texts deny equally often: the cheapest way to turn a sentence round is a "not", or to leave one out. "unit"
 * and "under" are no denials, "untested" is one.
 */
export function samePolarity(one: string, other: string): boolean {
  const denials = (text: string) => text.match(DENIALS)?.length ?? 0;
  return denials(one) === denials(other);
}

/**
 * Words with which a text speaks to whoever judges it instead of answering. They are looked for in submissions before and
 * after a model reads them; whoever finds other words is met by the checks on what the model says.
 */
const ADDRESSED =
  /\b(?:ignore|disregard|forget)\b.{0,40}\b(?:above|previous|prior|instruction|rubric|rule)|\b(?:system|developer) (?:prompt|message)|\byou (?:are|must|should|will) (?:now |an? |the )?(?:ai|assistant|grader|model|grade|mark|answer|output|respond|return)|\b(?:as an|dear|hey|hi|hello),? (?:ai|assistant|grader|model)\b|\b(?:mark|grade|score|rate|count|accept|pass)\b.{0,40}\b(?:demonstrated|correct|passed|full|perfect|criterion|criteria|this answer|submission)|\b(?:not_)?demonstrated\b|<\|[a-z_]+\|>|\[\/?inst\]/is;

/** Whether a submission speaks to its judge. */
export function addressesJudge(text: string): boolean {
  return ADDRESSED.test(text.normalize("NFKC").replace(/\p{Cf}/gu, ""));
}

/** A line of fewer tokens (a brace, `return x;`) is no solution by itself. */
const MIN_LINE_TOKENS = 4;

const TOKENS = /[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu;

/**
 * Whether a text gives away a solution: a run of its tokens, or a whole line of it, that the learner cannot know, because
 * neither the task nor their own answer has it.
 */
export function givesAway(text: string, solution: string, known: readonly string[], run = 6): boolean {
  const tokens = (from: string): string[] => from.match(TOKENS) ?? [];
  const joined = (from: string) => ` ${tokens(from).join(" ")} `;
  const said = joined(text);
  const seen = known.map(joined);
  const whole = tokens(solution);
  for (let at = 0; at + run <= whole.length; at += 1) {
    const part = ` ${whole.slice(at, at + run).join(" ")} `;
    if (said.includes(part) && !seen.some((each) => each.includes(part))) return true;
  }
  return solution.split("\n").some((line) => {
    const own = tokens(line);
    const part = ` ${own.join(" ")} `;
    return own.length >= MIN_LINE_TOKENS && said.includes(part) && !seen.some((each) => each.includes(part));
  });
}

/**
 * Whether a text names a right answer that is a word, a figure or a sentence, and nothing that the learner was shown has it.
 * Letters in upper and lower case are the same here.
 */
export function namesAnswer(text: string, answers: readonly string[], shown: readonly string[]): boolean {
  const spelt = (from: string) => ` ${(from.toLowerCase().match(TOKENS) ?? []).join(" ")} `;
  const said = spelt(text);
  const seen = shown.map(spelt);
  return answers
    .map(spelt)
    .some((answer) => answer.trim() !== "" && said.includes(answer) && !seen.some((each) => each.includes(answer)));
}
