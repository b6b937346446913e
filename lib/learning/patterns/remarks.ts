import type { PatternCorrection, Remark, TaskIdiom } from "./schemas";

/** More would be a report, not a remark. */
const MOST = 3;

interface Known {
  readonly pattern: string;
  readonly good: number;
  readonly missed: number;
  readonly correction: PatternCorrection | null;
  readonly place: Remark["place"];
}

interface Answered {
  /** What the task is about. */
  readonly idioms: readonly TaskIdiom[];
  /** The wrong idea that the answer is known to come from, by the name that memory has for it. */
  readonly misconception: { readonly pattern: string; readonly belief: string } | null;
  readonly known: readonly Known[];
}

/**
 * What a learner's memory has to say on an answer: that the same wrong idea showed before, that they have written the idiom
 * of the task in their own code, or have there what it mends. What they said is not theirs, or was misread, is not spoken of.
 */
export function remarksOn({ idioms, misconception, known }: Answered): Remark[] {
  const own = new Map(
    known
      .filter(({ correction }) => correction !== "not_mine" && correction !== "wrong")
      .map((one) => [one.pattern, one]),
  );
  const remarks: Remark[] = [];
  const before = misconception && own.get(misconception.pattern);
  if (misconception && before) {
    const times = before.good + before.missed + 1;
    remarks.push({
      code: "misconception_again",
      pattern: misconception.pattern,
      name: misconception.belief,
      times,
      place: null,
      sentence: `This is the ${ordinal(times)} time that this idea shows in an answer of yours.`,
    });
  }
  for (const { pattern, name, role } of idioms.toSorted((one, other) => ORDER[one.role] - ORDER[other.role])) {
    const seen = own.get(pattern);
    if (!seen?.place) continue;
    const { place } = seen;
    const where = `${repositoryOf(place.repoUrl)}, ${place.path}, line ${place.line}`;
    const times = role === "mend" ? seen.missed : seen.good;
    if (times === 0) continue;
    remarks.push({
      code: role === "mend" ? "risk_in_your_code" : "written_before",
      pattern,
      name,
      times,
      place,
      sentence:
        role === "mend"
          ? `“${name}”, which this task is about, also stands in your code: ${where}.`
          : `You have written “${name}” before: ${where}.`,
    });
  }
  return remarks.slice(0, MOST);
}

const ORDER = { write: 0, mend: 1, read: 2 } as const;

/** `owner/name`, or the address where it has no such path. */
function repositoryOf(url: string): string {
  return /^[a-z]+:\/\/[^/]+\/(.+?)(?:\.git)?\/?$/.exec(url)?.[1] ?? url;
}

function ordinal(times: number): string {
  const words = ["first", "second", "third", "fourth", "fifth"];
  return words[times - 1] ?? `${times}th`;
}
