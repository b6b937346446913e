import { readContent } from "@/lib/learning/content/read-content";
import type { TestSupabase, TestUser } from "../../support/supabase.ts";
import { resumed, sessions } from "./session-calls.ts";

/** Puts a task that asks for code before a session, as the engine might have. */
export async function codeTask(supabase: Pick<TestSupabase, "sql">, user: TestUser, id: string): Promise<string> {
  const { content } = resumed(await sessions.read(user, id));
  const task = readContent()
    .flatMap(({ concepts }) => concepts)
    .find(({ slug }) => slug === content?.concept.slug)
    ?.exercises.find(({ kind }) => kind === "fix" || kind === "write");
  if (!task) throw new Error("this lesson has no task with code");
  await supabase.sql`
    update public.learning_sessions set pending = pending || ${supabase.sql.json({ activityId: task.uuid })}
    where id = ${id}`;
  return task.uuid;
}
