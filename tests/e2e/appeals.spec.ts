import { expect, expectAccessible, test, widerThanWindow } from "./fixtures.ts";
import { demoPerson, newPerson, openAccount, signIn } from "./people.ts";

const TASK = { trackSlug: "typescript-in-practice", lessonSlug: "null-safety" };

// Who is no operator is told that there is no such page.
test.use({ expectedConsoleErrors: [/status of 404/] });

test("an operator upholds an appeal with a reason, and the learner is told", async ({ freshPage }) => {
  const learner = await freshPage();
  await openAccount(learner, newPerson());
  const words = `The second reading is allowed too (${crypto.randomUUID().slice(0, 8)}).`;
  // As the learner's own page calls it, with its cookies.
  await learner.evaluate(
    async ({ task, words }) => {
      const post = async (path: string, body: unknown) => {
        const reply = await fetch(`/api/v1/learning-sessions${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
        if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
        return (await reply.json()) as never;
      };
      const { session, content } = (await post("", task)) as {
        session: { id: string; version: number };
        content: { activityId: string; exercise: { kind: string } };
      };
      const nothing: Readonly<Record<string, unknown>> = {
        choice: { kind: "choice", ids: [] },
        explain: { kind: "argued", choice: null, words: "" },
        justify: { kind: "justified", choice: "", because: [] },
        locate: { kind: "line", line: 1_000 },
        order: { kind: "lines", lines: [] },
      };
      const { responseId } = (await post(`/${session.id}/responses`, {
        activityId: content.activityId,
        answer: nothing[content.exercise.kind] ?? { kind: "text", text: "nothing of this" },
        version: session.version,
      })) as { responseId: string };
      await post(`/${session.id}/responses/${responseId}/appeal`, { words });
    },
    { task: TASK, words },
  );
  expect((await learner.goto("/admin/appeals"))?.status()).toBe(404);

  const operator = await freshPage();
  await signIn(operator, demoPerson("operator"));
  await operator.goto("/admin/appeals");
  const card = operator.getByRole("article").filter({ hasText: words });
  await expect(card).toBeVisible();
  await expectAccessible(operator);
  await operator.setViewportSize({ width: 390, height: 844 });
  expect(await widerThanWindow(operator)).toEqual([]);
  await card.getByRole("button", { name: "Uphold the appeal: it passed" }).click();
  await expect(card.getByText("Say why: the learner reads it.")).toBeVisible();
  await card.getByLabel("Why").fill("You are right: both readings hold.");
  await card.getByRole("button", { name: "Uphold the appeal: it passed" }).click();
  await expect(operator.getByRole("status").filter({ hasText: "the answer passed" })).toBeVisible();
  await expect(card).toHaveCount(0);

  await learner.goto("/notifications");
  await expect(learner.getByText("Your answer passed after all")).toBeVisible();
  await expect(learner.getByText("You are right: both readings hold.")).toBeVisible();
});
