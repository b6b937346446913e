import { expect, test, vi } from "vitest";
import { GATE } from "@/lib/learning/mastery/gate";
import { readContent } from "@/lib/learning/content/read-content";
import { rightAnswer, wrongAnswer } from "../../support/learning-answers.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";
import { responded, resumed, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
useProductEnv({ supabase });

/** It builds on others of its track, none of which is mastered. */
const LOCKED = { trackSlug: "typescript-in-practice", lessonSlug: "enumerations" };
const lesson = readContent()
  .flatMap(({ concepts }) => concepts)
  .find(({ slug }) => slug === LOCKED.lessonSlug);
if (!lesson) throw new Error("content has no such lesson");

test("somebody who knows a lesson that is locked is through it in one session, and it ends there", async () => {
  const user = await supabase.asUser();
  const { session, content } = started(await sessions.start(user, { ...LOCKED, testOut: true }));
  expect(session.progress.testOut).toEqual({ missed: 0 });
  expect(content.reason.sentence).toMatch(/^You are testing out: the hardest task/);
  let { version } = session;
  let activityId: string | undefined = content.activityId;
  let answers = 0;
  let last;
  while (activityId !== undefined) {
    last = responded(
      await sessions.respond(user, session.id, { activityId, answer: rightAnswer(activityId), version }),
    );
    answers += 1;
    version = last.session.version;
    activityId = last.nextContent?.activityId;
  }
  expect(last?.change).toMatchObject({ statusAfter: "mastered", reason: { code: "gate_passed" } });
  expect(answers).toBeLessThanOrEqual(Math.max(GATE.answers, lesson.blooms.length) + 1);
  expect(last?.session.status).toBe("completed");

  const again = await sessions.start(user, { ...LOCKED, testOut: true });
  expect([again.status, again.body.code]).toEqual([422, "rule_broken"]);
});

test("two answers that are not passed alone turn it into practice, which another device sees too", async () => {
  const user = await supabase.asUser();
  const { session, content } = started(await sessions.start(user, { ...LOCKED, testOut: true }));
  const first = responded(
    await sessions.respond(user, session.id, {
      activityId: content.activityId,
      answer: wrongAnswer(content.activityId),
      version: session.version,
    }),
  );
  expect(first.progress.testOut).toEqual({ missed: 1 });
  expect(first.nextContent?.reason.sentence).toMatch(/^You are testing out/);
  const activityId = first.nextContent?.activityId ?? "";
  const second = responded(
    await sessions.respond(user, session.id, {
      activityId,
      answer: wrongAnswer(activityId),
      version: first.session.version,
    }),
  );
  expect(second.progress.testOut).toBeNull();
  expect(second.nextContent?.reason.sentence).not.toMatch(/testing out/);
  const seen = resumed(await sessions.read(user, session.id));
  expect(seen.session.progress).toMatchObject({ answered: 2, testOut: null });
});

test("one tests out of a lesson, not of a track or a topic", async () => {
  const user = await supabase.asUser();
  for (const json of [
    { trackSlug: LOCKED.trackSlug, testOut: true },
    { topic: "enumerations", testOut: true },
  ]) {
    const refused = await sessions.start(user, json);
    expect([refused.status, refused.body.code]).toEqual([422, "rule_broken"]);
  }
});
