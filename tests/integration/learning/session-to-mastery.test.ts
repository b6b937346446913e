import { expect, test, vi } from "vitest";
import { exerciseShown, rightAnswer, wrongAnswer } from "../../support/learning-answers.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";
import { responded, resumed, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
useProductEnv({ supabase });

const LESSON = { trackSlug: "typescript-in-practice", lessonSlug: "null-safety" };

test("a lesson is passed until it is mastered, has nothing left, is reviewed when due, and lapses by a failed review", async () => {
  const user = await supabase.asUser();
  /** Answers all that a session shows. */
  const toItsEnd = async (id: string) => {
    for (;;) {
      const { session, content } = resumed(await sessions.read(user, id));
      const activityId = content?.activityId ?? "";
      const json = {
        activityId,
        answer: rightAnswer(await exerciseShown(supabase, activityId)),
        version: session.version,
      };
      const told = responded(await sessions.respond(user, id, json));
      if (told.nextContent === null) return told;
    }
  };
  let last = await toItsEnd(started(await sessions.start(user, LESSON)).session.id);
  for (let more = 0; more < 3 && last.change?.statusAfter !== "mastered"; more += 1)
    last = await toItsEnd(started(await sessions.start(user, LESSON)).session.id);
  expect(last.change).toMatchObject({ statusAfter: "mastered", reason: { code: "gate_passed" } });
  expect(last.session).toMatchObject({
    status: "completed",
    summary: { because: "Every concept here is mastered, and no review is due.", nextReviewAt: expect.any(String) },
  });

  const nothing = await sessions.start(user, LESSON);
  expect([nothing.status, nothing.body.code]).toEqual([422, "rule_broken"]);
  expect(nothing.body["detail"]).toContain("The next review of yours is on");

  // As if its day had come.
  await supabase.sql`
    update public.concept_mastery
    set state = jsonb_set(state, '{review,due}', to_jsonb(to_char(now() - interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
    where user_id = ${user.id} and concept = 'null-safety'`;
  const review = started(await sessions.start(user, LESSON));
  expect(review.content).toMatchObject({ review: true, reason: { code: "review_due" } });
  const { activityId } = review.content;
  const failed = responded(
    await sessions.respond(user, review.session.id, { activityId, answer: wrongAnswer(activityId), version: 1 }),
  );
  expect(failed.change).toMatchObject({
    statusBefore: "mastered",
    statusAfter: "lapsed",
    reason: { code: "review_failed" },
  });
  expect(failed.nextContent).toMatchObject({ review: false, reason: { code: "lapsed" } });
});
