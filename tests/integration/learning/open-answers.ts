import type { Validation } from "@/lib/learning/bloom/schemas";
import type { Answer } from "@/lib/learning/content/schemas";
import { pageOfAppeals } from "@/lib/learning/review/page-of-appeals";
import { insertSession } from "@/lib/learning/session/store";
import { exerciseOf, rightAnswer } from "../../support/learning-answers.ts";
import { allowModels, elements, type Models } from "../../support/models.ts";
import type { TestSupabase, TestUser } from "../../support/supabase.ts";
import { responded, sessions } from "./session-calls.ts";

export const TRACK = "async-javascript-and-failure";
export const LESSON = "concurrency";
/** It has a choice that a check decides, and one open line. */
export const SEAT = "50a3994f-aa31-43cf-be93-8cb79e7b254c";
/** It has two open lines, and nothing else. */
export const NAMES = "8f723899-08a5-4783-9645-6dd89a7decae";
export const RIGHT = rightAnswer(SEAT);
export const QUOTE = "the second request ran and also read the seat as free";
export const argued = (words: string, choice: string | null = "claim"): Answer => ({ kind: "argued", choice, words });

/** What tests of answers in words need: to give one, to have the first provider grade it, to read what became of it. */
export function useOpenAnswers(supabase: TestSupabase, { claude, changed }: Models) {
  /** Answers one exercise in a session of its own, through the API. */
  async function answered(
    given: Answer = RIGHT,
    { allowed = true, activityId = SEAT, user }: Partial<{ allowed: boolean; activityId: string; user: TestUser }> = {},
  ) {
    const learner = user ?? (await supabase.asUser());
    if (allowed) await allowModels(learner);
    const concept = exerciseOf(activityId).concepts[0] ?? LESSON;
    const { id } = await insertSession({
      userId: learner.id,
      topic: "Waiting",
      track: activityId === SEAT ? TRACK : "reading-and-securing-code",
      lesson: concept,
      pending: {
        activityId,
        concept,
        review: false,
        hints: 0,
        expected: 0.7,
        reason: { code: "frontier", sentence: "It comes next." },
        shownAt: new Date().toISOString(),
        foreseen: null,
      },
      progress: { answered: 0, passed: 0, hintsUsed: 0, goal: 10, activityId, concept },
      traceparent: null,
    });
    const told = responded(await sessions.respond(learner, id, { activityId, answer: given, version: 1 }));
    return { learner, session: id, told, id: told.responseId };
  }

  /** Only Claude is asked, and this is what it says. */
  function says(
    demonstrated: boolean,
    quotes: readonly string[],
    because = "You name the second request that ran during the await.",
  ) {
    changed({ AI_OPENAI_API_KEY: undefined });
    claude.says(elements([{ demonstrated, quotes, because }]));
  }

  async function kept(id: string) {
    const [row] = await supabase.sql<{ standing: string; passed: boolean; validation: Validation }[]>`
    select standing, passed, validation from public.learning_responses where id = ${id}`;
    if (!row) throw new Error(`there is no answer ${id}`);
    return row;
  }
  const notices = async (user: TestUser) =>
    (await user.client.from("notifications").select("title, body, href").eq("kind", "learning.appeal")).data;
  const settledMessages = (session: string) => supabase.sql<{ data: unknown }[]>`
  select payload -> 'data' as data from realtime.messages
  where topic = ${`session:${session}`} and payload ->> 'type' = 'response:settled'`;

  return { answered, says, kept, notices, settledMessages };
}

/** One of those that wait, on whatever page it is. */
export async function waitingFor(operator: TestUser, id: string) {
  for (let cursor: string | undefined; ;) {
    const page = await pageOfAppeals(operator.id, 100, cursor);
    const found = page.items.find((one) => one.id === id);
    if (found || page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}
