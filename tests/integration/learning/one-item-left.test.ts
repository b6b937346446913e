import { expect, test, vi } from "vitest";
import { readContent } from "@/lib/learning/content/read-content";
import { rightAnswer } from "../../support/learning-answers.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";
import { responded, resumed, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
useProductEnv({ supabase });

const TRACK = "typescript-in-practice";
const LESSON = "null-safety";

test("of the last item that is left the session shows that one, and after it the one seen longest ago", async () => {
  const items = readContent()
    .flatMap(({ concepts }) => concepts)
    .filter(({ slug }) => slug === LESSON)
    .flatMap(({ exercises }) => exercises.map(({ uuid }) => uuid));
  const user = await supabase.asUser();
  const { session } = started(await sessions.start(user, { trackSlug: TRACK, lessonSlug: LESSON }));
  const shown: string[] = [];
  while (shown.length <= items.length) {
    const { session: now, content } = resumed(await sessions.read(user, session.id));
    if (!content) break;
    const { activityId } = content;
    // A question about the learner's own answer may come in between.
    const own = !items.includes(activityId);
    if (!own) shown.push(activityId);
    const answer = own ? { kind: "choice", ids: [] } : rightAnswer(activityId);
    // With a hint nothing is mastered, so that the lesson stays open.
    responded(await sessions.respond(user, session.id, { activityId, answer, hintsUsed: 1, version: now.version }));
  }
  expect(shown.slice(0, items.length).toSorted()).toEqual(items.toSorted());
  expect(shown).toHaveLength(items.length + 1);
  expect(shown.at(-1)).toBe(shown[0]);
});
