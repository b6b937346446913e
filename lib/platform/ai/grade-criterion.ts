import "server-only";
import { z } from "zod";
import { addressesJudge, isPlain, quotesHold, standsIn, wordsShared } from "./checks";
import { ask } from "./gateway";
import type { Answered, NotByModel, Task } from "./task";

export interface CriterionFor {
  /** What the learner was asked. */
  readonly prompt: string;
  /** What an answer shows that meets it. Only a criterion that no check speaks of is given here. */
  readonly criterion: string;
  /** What its author takes for evidence, and what not. */
  readonly evidence: string;
  /** Data, whatever it says. */
  readonly answer: string;
}

/** `needs_review`: a person looks at it. */
export type Grade =
  | { readonly status: "demonstrated" | "not_demonstrated"; readonly quote: string; readonly because: string }
  | { readonly status: "needs_review"; readonly quote: null; readonly because: string };

const elementSchema = z.strictObject({ demonstrated: z.boolean(), quotes: z.array(z.string()), because: z.string() });
type Element = z.infer<typeof elementSchema>;

const INSTRUCTIONS = `The data is a question, one criterion for answers to it, what counts as evidence for that criterion, and a learner's answer. Does the answer
show what the criterion asks for? Answer with one element: "demonstrated", "quotes" (one to three spans of the answer that show it, or that show what is missing) and "because" (one
sentence to the learner about the criterion). An answer that only claims to meet the criterion does not.`;

function task(of: CriterionFor): Task<Element, Grade> {
  const subject = [of.criterion, of.evidence, of.prompt];
  return {
    name: "grade-criterion",
    version: 2,
    instructions: INSTRUCTIONS,
    materials: [
      { name: "question", text: of.prompt },
      { name: "criterion", text: of.criterion },
      { name: "evidence", text: of.evidence },
      { name: "answer", text: of.answer },
    ],
    element: elementSchema,
    maxElements: 1,
    maxOutputTokens: 400,
    doubt({ demonstrated, quotes, because }) {
      if (!quotesHold(quotes, [of.answer])) return "a quote that does not stand in the answer";
      if (quotes.some(addressesJudge) || addressesJudge(because)) return "rests on words to the judge";
      if (!isPlain(because, 400)) return "not plain words";
      if (wordsShared(because, [of.criterion, of.evidence, of.prompt, of.answer]) < 0.4) return "about something else";
      // What shows it has something to do with it: copied words of the question show nothing.
      if (demonstrated && wordsShared(quotes.join(" "), subject) === 0) return "quotes off the subject";
      if (demonstrated && quotes.some((quote) => standsIn(quote, subject))) return "quotes of the question itself";
      return null;
    },
    gather: ([believed]) =>
      believed
        ? {
            status: believed.demonstrated ? "demonstrated" : "not_demonstrated",
            quote: believed.quotes[0] ?? "",
            because: believed.because.trim(),
          }
        : null,
  };
}

const FOR_A_PERSON = { status: "needs_review", quote: null } as const;
const NOBODY_YET = "No check can tell, and nobody has looked at it yet.";
/** Why no model decided, as the learner reads it. */
const WHY: Readonly<Record<NotByModel, string>> = {
  no_key: NOBODY_YET,
  not_allowed: NOBODY_YET,
  over_budget: "What models may cost today is used up, so none was asked: a person reads it.",
  unavailable: "No model answered, so a person reads it.",
  refused: "A model was asked, but its verdict did not rest on your words: it does not count, and a person reads it.",
  too_long: "It is too long to be put to a model, so a person reads it.",
};

/**
 * What an answer shows of an open criterion. A submission that speaks to its judge is shown to no model: a person looks at
 * it. The same holds for whatever a model said without words of the answer to rest on, and for everything without a model.
 * @throws as {@link ask}
 */
export async function gradeCriterion(userId: string, of: CriterionFor): Promise<Answered<Grade>> {
  if (addressesJudge(of.answer))
    return {
      value: {
        ...FOR_A_PERSON,
        because: "Some of it speaks to whoever judges it, so no model is asked: a person reads it.",
      },
      by: { kind: "rules", because: "refused" },
    };
  const { value, by } = await ask<Element, Grade>(userId, task(of), () => ({ ...FOR_A_PERSON, because: NOBODY_YET }));
  return { value: by.kind === "rules" ? { ...FOR_A_PERSON, because: WHY[by.because] } : value, by };
}
