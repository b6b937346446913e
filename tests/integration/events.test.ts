import { expect, test } from "vitest";
import type { z } from "zod";
import { USER_CREATED, userCreatedSchema } from "@/lib/account/events";
import { ANALYSIS_EVENTS } from "@/lib/analysis/events";
import { LEARNING_EVENTS } from "@/lib/learning/events";
import { useSupabase } from "../support/supabase.ts";

/** What the code that consumes events expects, by name. */
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  [USER_CREATED]: userCreatedSchema,
  ...ANALYSIS_EVENTS,
  ...LEARNING_EVENTS,
};

const supabase = useSupabase();

interface OutboxRow {
  name: string;
  aggregate_type: string;
  aggregate_id: string;
  data: unknown;
}

test("a first sign-in appends one user/created for that person, as its schema says", async () => {
  const person = await supabase.asUser();
  const rows = await supabase.sql<OutboxRow[]>`
    select name, aggregate_type, aggregate_id, data from private.outbox where aggregate_id = ${person.id}`;
  expect(rows.map((row) => row.name)).toEqual([USER_CREATED]);
  expect(userCreatedSchema.parse(rows[0]?.data)).toEqual({ userId: person.id });
});

test("an analysis that is started, completed and then answered from the cache appends what its schemas say", async () => {
  const person = await supabase.asUser();
  const start = () => supabase.sql<{ answer: { id: string; outcome: string } }[]>`
    select public.start_analysis(${person.id}, 'https://github.com/o/r', 'github.com', 'o', 'r', '',
      ${"a".repeat(40)}, false, false, 1, null) as answer`;
  const [first] = await start();
  const id = first?.answer.id ?? "";
  await supabase.sql`select public.complete_analysis(${id}, ${"a".repeat(40)}, '{}'::jsonb)`;
  const [second] = await start();
  expect([first?.answer.outcome, second?.answer.outcome]).toEqual(["started", "cached"]);

  const rows = await supabase.sql<OutboxRow[]>`
    select name, data from private.outbox where aggregate_id = ${id} order by created_at`;
  expect(rows.map((row) => row.name)).toEqual(["analysis/requested", "analysis/completed", "analysis/completed"]);
  for (const row of rows) expect(SCHEMAS[row.name]?.safeParse(row.data).error, row.name).toBeUndefined();
});

test("every event name that the database's functions append has a schema", async () => {
  const functions = await supabase.sql<{ source: string }[]>`
    select p.prosrc as source from pg_catalog.pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)`;
  const appended = functions.flatMap(({ source }) =>
    [...source.matchAll(/append_outbox\([^']*'[^']+',[^']*'((?:user|analysis|learning)\/[a-z._-]+)'/g)].map(
      (match) => match[1] ?? "",
    ),
  );
  expect(appended).toContain(USER_CREATED);
  expect(Object.keys(LEARNING_EVENTS).filter((name) => !appended.includes(name))).toEqual([]);
  expect(appended.filter((name) => SCHEMAS[name] === undefined)).toEqual([]);
});
