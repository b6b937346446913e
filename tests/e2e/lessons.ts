import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, type Page } from "@playwright/test";
import type postgres from "postgres";
import { parse } from "yaml";
import { projectRoot } from "../support/run-tool.ts";

/** What the browser tests have to know of an exercise of `content/`, or of one of a learner's own code. */
export interface Exercise {
  readonly uuid: string;
  readonly title: string;
  readonly kind:
    | "choice"
    | "short"
    | "predict"
    | "order"
    | "locate"
    | "fix"
    | "write"
    | "refactor"
    | "justify"
    | "explain";
  readonly concepts: readonly string[];
  readonly options?: readonly { readonly id: string; readonly text: string }[];
  readonly reasons?: readonly { readonly id: string; readonly text: string }[];
  readonly answer?: string | readonly string[] | null;
  readonly rubric: readonly { readonly by: unknown }[];
  readonly because?: readonly string[];
  readonly accepted?: readonly string[];
  readonly output?: string;
  readonly lines?: readonly (string | number)[];
  readonly exemplar?: string;
  readonly stub?: string;
  readonly explanation: string;
  readonly hints: readonly string[];
  readonly misconceptions: readonly { readonly answer: unknown; readonly feedback: string }[];
}

const CONTENT = path.join(projectRoot, "content");

/** All exercises of a track, in the order of their files. */
export function exercisesOf(track: string): Exercise[] {
  return globSync(`${track}/*/*.yaml`, { cwd: CONTENT })
    .filter((file) => !file.endsWith("concept.yaml"))
    .toSorted()
    .map((file) => parse(readFileSync(path.join(CONTENT, file), "utf8")) as Exercise);
}

/** The first exercise of a kind. */
export function exerciseOfKind(track: string, kind: Exercise["kind"]): Exercise {
  const found = exercisesOf(track).find((exercise) => exercise.kind === kind);
  if (!found) throw new Error(`${track} has no ${kind}`);
  return found;
}

/** What a session shows. */
export async function shownIn(sql: postgres.Sql, sessionId: string, track: string): Promise<Exercise> {
  const [row] = await sql<{ id: string; own: Exercise | null }[]>`
    select s.pending ->> 'activityId' as id,
      coalesce(
        (select q.exercise from private.own_code_questions q where q.id::text = s.pending ->> 'activityId'),
        (select e.exercise from private.own_code_exercises e where e.item_id::text = s.pending ->> 'activityId')
      ) as own
    from public.learning_sessions s where s.id = ${sessionId}`;
  const found = row?.own ?? exercisesOf(track).find(({ uuid }) => uuid === row?.id);
  if (!found) throw new Error(`nothing is known of the exercise ${row?.id}`);
  return found;
}

/** Lets a session show this one next, as the engine might have chosen it. */
async function show(sql: postgres.Sql, sessionId: string, exercise: Exercise): Promise<void> {
  const shown = { activityId: exercise.uuid, concept: exercise.concepts[0] ?? "" };
  const pending = sql.json({ ...shown, hints: 0, review: false, own: { is: null, items: 0, questions: 0 } });
  await sql`
    update public.learning_sessions set pending = pending || ${pending}, progress = progress || ${sql.json(shown)}
    where id = ${sessionId}`;
}

/** The session whose page is open. */
function sessionIdOf(page: Page): string {
  const id = /\/learn\/sessions\/([0-9a-f-]{36})/.exec(page.url())?.[1];
  if (!id) throw new Error(`${page.url()} is no session`);
  return id;
}

/** Writes an answer into the form that the page shows; `wrong` takes the first of its known wrong ideas. */
export async function fill(page: Page, exercise: Exercise, wrong = false): Promise<void> {
  const mistaken = exercise.misconceptions[0]?.answer;
  switch (exercise.kind) {
    case "choice":
      for (const id of (wrong ? mistaken : exercise.answer) as string[])
        await page.getByRole("checkbox", { name: plain(exercise.options, id), exact: true }).check();
      return;
    case "justify": {
      const { choice, because } = (wrong ? mistaken : { choice: exercise.answer, because: exercise.because }) as {
        choice: string;
        because: string[];
      };
      await page.getByRole("radio", { name: plain(exercise.options, choice), exact: true }).check();
      for (const id of because)
        await page.getByRole("checkbox", { name: plain(exercise.reasons, id), exact: true }).check();
      return;
    }
    case "explain": {
      const { choice = null, words } = (
        wrong ? mistaken : { choice: exercise.answer, words: wordsShowing(exercise) }
      ) as { choice?: string | null; words: string };
      if (choice !== null)
        await page.getByRole("radio", { name: plain(exercise.options, choice), exact: true }).check();
      await page.getByRole("textbox", { name: /in your own words/ }).fill(words);
      return;
    }
    case "locate":
      await page.locator(`input[name=line][value="${String(wrong ? mistaken : exercise.lines?.[0])}"]`).check();
      return;
    case "order":
      for (const line of (wrong ? mistaken : exercise.lines) as string[])
        await page
          .getByRole("button", { name: `Add: ${line.trim()}`, exact: true })
          .first()
          .click();
      return;
    case "short":
      await page.getByLabel("Your answer").fill(String(wrong ? mistaken : exercise.accepted?.[0]));
      return;
    case "predict":
      await page.getByLabel("What it prints").fill(String(wrong ? mistaken : exercise.output));
      return;
    default:
      await write(page, String(wrong ? mistaken : exercise.exemplar));
  }
}

/** Words that show what no check can tell, as the author says. */
function wordsShowing({ rubric }: Exercise): string {
  return rubric
    .flatMap(({ by }) =>
      typeof by === "object" && by !== null && "open" in by ? [(by.open as { shown: string }).shown] : [],
    )
    .join("\n");
}

/** Puts code into the editor in place of what is there, as pasting does. */
export async function write(page: Page, code: string): Promise<void> {
  const editor = page.getByRole("textbox", { name: "Your code" });
  await expect(editor).toHaveAttribute("contenteditable", "true");
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(code);
}

/** An option as its accessible name reads: code without its backticks. */
function plain(options: Exercise["options"], id: string): string {
  const text = options?.find((option) => option.id === id)?.text;
  if (text === undefined) throw new Error(`there is no option ${id}`);
  return text.replaceAll("`", "").replace(/\s+/g, " ").trim();
}

/** The answer that its author says is right, as the API takes it. */
export function rightAnswer(exercise: Exercise): unknown {
  switch (exercise.kind) {
    case "choice":
      return { kind: "choice", ids: exercise.answer };
    case "justify":
      return { kind: "justified", choice: exercise.answer, because: exercise.because };
    case "explain":
      return { kind: "argued", choice: exercise.answer ?? null, words: wordsShowing(exercise) };
    case "locate":
      return { kind: "line", line: exercise.lines?.[0] };
    case "order":
      return { kind: "lines", lines: exercise.lines };
    default:
      return { kind: "text", text: exercise.accepted?.[0] ?? exercise.output ?? exercise.exemplar };
  }
}

/** Starts a session on the track as its page offers it. */
export async function begin(page: Page, track: string): Promise<string> {
  await page.goto(`/learn/tracks/${track}`);
  await page
    .getByRole("main")
    .getByRole("button", { name: /^(?:Start|Begin)/ })
    .first()
    .click();
  await page.waitForURL("**/learn/sessions/*");
  return sessionIdOf(page);
}

/** Shows this exercise in the session's page. */
export async function openAt(page: Page, sql: postgres.Sql, session: string, exercise: Exercise): Promise<void> {
  await show(sql, session, exercise);
  await page.goto(`/learn/sessions/${session}`);
  await expect(page.getByRole("heading", { level: 1, name: exercise.title })).toBeVisible();
}

/** Sends what is in the form, and waits for the page that tells what came of it. */
export async function submit(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Submit answer" }).click();
  await page.waitForURL(/\?answer=/);
  await expect(page.getByRole("heading", { name: "What was looked at" })).toBeVisible();
}
