import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { FittedHint } from "./fitted-hint";
import { SaidLesson } from "./said-lesson";

const task = { sessionId: "s", activityId: "a", host: "models.example" };

test("before a hint is taken it is said what is sent where, and how to change that", () => {
  const drawn = renderToStaticMarkup(<FittedHint {...task} kind="write" given={0} />);
  expect(drawn).toContain("models.example");
  expect(drawn).toContain('href="/settings#models"');
});

test("while a model is asked nothing of it is shown, and the hint is named by its number", () => {
  const drawn = renderToStaticMarkup(<FittedHint {...task} kind="write" given={2} />);
  expect(drawn).toContain("Hint 2, for what you wrote");
  expect(drawn).not.toContain("Said by");
});

test("the author’s lesson stands there until another has come", () => {
  const drawn = renderToStaticMarkup(
    <SaidLesson {...task} about={"A promise is **one** value.\n\n```ts\nawait it;\n```"} />,
  );
  expect(drawn).toContain("<strong>one</strong>");
  expect(drawn).toContain("await it;");
  expect(drawn).not.toContain("Said for you");
});
