import "server-only";
import { z } from "zod";
import { figuresHold, isPlain, quotesHold, sameFigures, samePolarity, wordsShared } from "./checks";
import { ask } from "./gateway";
import type { Answered, AskOptions, Task } from "./task";

/** A sentence that rules made, with what may be said about it. */
export interface InsightText {
  readonly kind: string;
  readonly sentence: string;
  readonly reason: string;
  /** May only rise among its kind: a warning cannot be talked down to the end of a list. */
  readonly mayNotSink: boolean;
}

const elementSchema = z.strictObject({
  insight: z.number().int(),
  sentence: z.string(),
  quotes: z.array(z.string()),
});

/** An insight by its number in the list that was given, in other words or (null) in its own. */
export interface Rephrased {
  readonly insight: number;
  readonly sentence: string | null;
  readonly quotes: readonly string[];
}
type Element = z.infer<typeof elementSchema>;

const MAX_INSIGHTS = 40;
/** Half the words of a rewording must be words of what it rewords. */
const MIN_SHARED = 0.5;

const INSTRUCTIONS = `The data is a list of insights about a repository: number, kind, sentence, reason. Say each sentence in plainer words, in one
or two short sentences to the developer ("you"). Keep every figure and name, add no fact, praise or advice. For each give "insight" (its
number), "sentence" (yours) and "quotes" (one or two spans of that insight's sentence or reason that yours rests on). List the insights of
each kind in the order in which they are best read.`;

function task(insights: readonly InsightText[]): Task<Element, readonly Rephrased[]> {
  const texts = (number: number) => {
    const insight = insights[number];
    return insight ? [insight.sentence, insight.reason] : [];
  };
  return {
    name: "rephrase-insights",
    version: 1,
    instructions: INSTRUCTIONS,
    materials: [
      {
        name: "insights",
        text: JSON.stringify(
          insights.map(({ kind, sentence, reason }, number) => ({ number, kind, sentence, reason })),
        ),
      },
    ],
    element: elementSchema,
    maxElements: insights.length,
    maxOutputTokens: 200 + insights.length * 160,
    doubt(element) {
      const insight = insights[element.insight];
      if (!insight) return "an insight that there is not";
      const evidence = texts(element.insight);
      if (!quotesHold(element.quotes, evidence)) return "a quote that does not stand in the evidence";
      if (!isPlain(element.sentence, insight.sentence.length * 2 + 80)) return "not plain words";
      if (!figuresHold(element.sentence, evidence) || !sameFigures(element.sentence, insight.sentence))
        return "other figures";
      if (!samePolarity(element.sentence, insight.sentence)) return "turned round";
      if (wordsShared(element.sentence, evidence) < MIN_SHARED) return "about something else";
      return null;
    },
    gather: (believed) => {
      const first = believed.filter((each, at) => believed.findIndex(({ insight }) => insight === each.insight) === at);
      return first.length === 0 ? null : inOrder(insights, first);
    },
  };
}

/** Every insight once, kind by kind: those that were reworded in the model's order, what may not sink where it stood or higher. */
function inOrder(insights: readonly InsightText[], reworded: readonly Element[]): Rephrased[] {
  const all = insights.map(({ kind, mayNotSink }, insight) => ({ insight, kind, mayNotSink }));
  const rank = new Map(reworded.map(({ insight }, at) => [insight, at]));
  return [...new Set(all.map(({ kind }) => kind))].flatMap((kind) => {
    const own = all.filter((each) => each.kind === kind);
    const wished = own.toSorted(
      (one, other) =>
        (rank.get(one.insight) ?? Infinity) - (rank.get(other.insight) ?? Infinity) || one.insight - other.insight,
    );
    own.forEach((each, place) => {
      const at = wished.indexOf(each);
      if (each.mayNotSink && at > place) wished.splice(place, 0, ...wished.splice(at, 1));
    });
    return wished.map(({ insight }) => {
      const said = reworded.find((each) => each.insight === insight);
      return { insight, sentence: said?.sentence.trim() ?? null, quotes: said?.quotes ?? [] };
    });
  });
}

/**
 * Says insights in other words and orders them; nothing else can change. A rewording stands only with quotes of the insight
 * that it rewords, the same figures, no denial more or less, and mostly its words; every other insight keeps its own
 * sentence. Without a model all do.
 * @throws as {@link ask}
 */
export async function rephraseInsights(
  userId: string,
  insights: readonly InsightText[],
  options?: AskOptions<Element>,
): Promise<Answered<readonly Rephrased[]>> {
  const asked = insights.slice(0, MAX_INSIGHTS);
  const own = asked.map((_, insight): Rephrased => ({ insight, sentence: null, quotes: [] }));
  return ask(userId, task(asked), () => own, options);
}
