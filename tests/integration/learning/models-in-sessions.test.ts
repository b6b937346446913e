import { beforeEach, describe, expect, it, vi } from "vitest";
import { POST as postFitted } from "@/app/api/v1/learning-sessions/[id]/hints/fitted/route";
import { POST as postLesson } from "@/app/api/v1/learning-sessions/[id]/lesson/route";
import { readContent } from "@/lib/learning/content/read-content";
import type { Answer } from "@/lib/learning/content/schemas";
import { solutionOf } from "@/lib/learning/session/answer-words";
import { prefetchLesson } from "@/lib/learning/session/say-lesson";
import { agreeably } from "../../support/agreeable-model.ts";
import { exerciseOf } from "../../support/learning-answers.ts";
import { allowModels, elements, useModels } from "../../support/models.ts";
import { TEST_APP_URL, useSupabase, type TestUser } from "../../support/supabase.ts";
import { hinted, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
const models = await useModels(supabase);
const { claude, other } = models;
beforeEach(() => {
  for (const provider of [claude, other]) provider.says(agreeably);
});

const LESSON = { trackSlug: "typescript-in-practice", lessonSlug: "null-safety" };

async function atWork(allowed = true) {
  const user = await supabase.asUser();
  if (allowed) await allowModels(user);
  const { session, content } = started(await sessions.start(user, LESSON));
  return { user, id: session.id, activityId: content.activityId, exercise: exerciseOf(content.activityId) };
}

type Line = Readonly<Record<string, unknown>>;

async function lines(
  handler: typeof postFitted,
  { user, id }: { readonly user: TestUser; readonly id: string },
  json: unknown,
): Promise<{ status: number; lines: Line[] }> {
  const request = new Request(`${TEST_APP_URL}/api/v1/learning-sessions/${id}`, {
    method: "POST",
    headers: { authorization: `Bearer ${user.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify(json),
  });
  const response = await handler(request, { params: Promise.resolve({ id }) });
  const text = await response.text();
  return {
    status: response.status,
    lines: text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line),
  };
}

const sent = () => JSON.stringify([...claude.calls, ...other.calls].map(({ body }) => body));

describe("a hint that fits what the learner wrote", () => {
  it("comes sentence by sentence with its model, and is not asked for twice", async () => {
    const work = await atWork();
    hinted(await sessions.hint(work.user, work.id, { activityId: work.activityId, seen: 0 }));
    const answer: Answer = { kind: "text", text: "const mine = tryThis();" };
    const asked = { activityId: work.activityId, number: 1, answer };
    const first = await lines(postFitted, work, asked);
    const text = `Now that you have begun: ${work.exercise.hints[0]?.replace(/\s+/g, " ").trim()}`;
    expect(first).toEqual({
      status: 200,
      lines: [
        { sentence: text },
        { done: true, text, by: { kind: "model", provider: "anthropic", model: "claude-haiku-5-5", cached: false } },
      ],
    });
    expect(sent()).toContain("tryThis");
    expect(sent()).not.toContain(work.user.email);
    for (const later of work.exercise.hints.slice(1)) expect(sent()).not.toContain(JSON.stringify(later).slice(1, -1));
    const again = await lines(postFitted, work, asked);
    expect(again.lines.at(-1)).toMatchObject({ by: { cached: true } });
    expect(claude.calls).toHaveLength(1);
  });

  it("stays the author's where the learner does not allow a model, and nothing is sent", async () => {
    const work = await atWork(false);
    await sessions.hint(work.user, work.id, { activityId: work.activityId, seen: 0 });
    const told = await lines(postFitted, work, { activityId: work.activityId, number: 1 });
    expect(told.lines).toEqual([
      { done: true, text: work.exercise.hints[0], by: { kind: "rules", because: "not_allowed" } },
    ]);
    expect(claude.calls).toEqual([]);
  });

  it("stays the author's where the model tells the solution", async () => {
    const work = await atWork();
    await sessions.hint(work.user, work.id, { activityId: work.activityId, seen: 0 });
    const { code, answers } = solutionOf(work.exercise);
    const authored = work.exercise.hints[0] ?? "";
    for (const provider of [claude, other])
      provider.says(
        elements([{ hint: `${authored.slice(0, 200)} ${answers[0] ?? code}`, quotes: [authored.slice(0, 40)] }]),
      );
    const told = await lines(postFitted, work, { activityId: work.activityId, number: 1 });
    expect(told.lines.at(-1)).toEqual({ done: true, text: authored, by: { kind: "rules", because: "refused" } });
  });

  it("is refused before it was given, for another task, for somebody else, and once the session is over", async () => {
    const work = await atWork();
    const asked = { activityId: work.activityId, number: 1 };
    expect((await lines(postFitted, work, asked)).status).toBe(422);
    await sessions.hint(work.user, work.id, { activityId: work.activityId, seen: 0 });
    expect((await lines(postFitted, work, { ...asked, number: 2 })).status).toBe(422);
    const another = readContent()[0]?.concepts[0]?.exercises[0]?.uuid;
    expect((await lines(postFitted, work, { ...asked, activityId: another })).status).toBe(409);
    const bob = await supabase.asUser();
    await allowModels(bob);
    expect((await lines(postFitted, { ...work, user: bob }, asked)).status).toBe(404);
    await sessions.end(work.user, work.id);
    expect((await lines(postFitted, work, asked)).status).toBe(410);
    expect(claude.calls).toEqual([]);
  });
});

describe("what must not be told", () => {
  it("is known for every exercise that there is", () => {
    for (const { concepts } of readContent())
      for (const { exercises } of concepts)
        for (const exercise of exercises) {
          const { code, answers } = solutionOf(exercise);
          expect([exercise.slug, code.trim().length + answers.join("").length > 0]).toEqual([exercise.slug, true]);
        }
  });
});

describe("a lesson said for its reader", () => {
  const concept = readContent()
    .flatMap(({ concepts }) => concepts)
    .find(({ slug }) => slug === "null-safety");

  it("comes part by part, with its code as the author wrote it, and nothing of the learner is sent", async () => {
    const work = await atWork();
    const told = await lines(postLesson, work, { activityId: work.activityId });
    const last = told.lines.at(-1) as { parts: { kind: string; text: string }[]; by: Line };
    expect(last.by).toMatchObject({ kind: "model", model: "claude-haiku-5-5" });
    expect(told.lines.length).toBeGreaterThan(1);
    expect(last.parts.some(({ text }) => text.startsWith("Said for you: "))).toBe(true);
    for (const { kind, text } of last.parts) if (kind === "code") expect(concept?.about).toContain(text);
    expect(sent()).not.toContain(work.exercise.prompt.slice(0, 40));
  });

  it("stays the author's where it is not allowed", async () => {
    const work = await atWork(false);
    const told = await lines(postLesson, work, { activityId: work.activityId });
    expect(told.lines).toHaveLength(1);
    expect(told.lines[0]).toMatchObject({ done: true, by: { kind: "rules", because: "not_allowed" } });
    expect(claude.calls).toEqual([]);
  });

  it("is asked for before the item that most likely comes next, so that it is there then; never twice, never unasked", async () => {
    const work = await atWork();
    const [ahead] = readContent()[0]?.concepts.find(({ slug }) => slug !== "null-safety")?.exercises ?? [];
    if (!ahead) throw new Error("the first track has one lesson alone");
    const same = exerciseOf(work.activityId);
    await prefetchLesson(work.user.id, "null-safety", same.uuid);
    expect(claude.calls).toEqual([]);
    await prefetchLesson(work.user.id, "null-safety", ahead.uuid);
    expect(claude.calls).toHaveLength(1);
    await prefetchLesson(work.user.id, "null-safety", ahead.uuid);
    expect(claude.calls).toHaveLength(1);
    const stranger = await supabase.asUser();
    await prefetchLesson(stranger.id, "null-safety", ahead.uuid);
    expect(claude.calls).toHaveLength(1);
  });
});
