import { apiOf } from "./client.ts";
import { expect, test } from "./fixtures.ts";

interface Listed {
  readonly items: readonly {
    readonly slug: string;
    readonly concepts: readonly {
      readonly slug: string;
      readonly exercises: readonly { readonly id: string; readonly title: string }[];
    }[];
  }[];
}

test("the built server reads its tracks, runs answers in the sandbox and is not held up by those that do not end", async ({
  baseURL,
}) => {
  const { call, signUp } = apiOf(baseURL ?? "");
  const { items } = (await call("/api/v1/tracks")).body as unknown as Listed;
  expect(items.map(({ slug }) => slug).toSorted()).toEqual([
    "async-javascript-and-failure",
    "python-in-practice",
    "reading-and-securing-code",
    "typescript-in-practice",
  ]);
  const { id } = items
    .flatMap(({ concepts }) => concepts.flatMap(({ exercises }) => exercises))
    .find(({ title }) => title === "forEach and async") ?? { id: "" };

  const { token } = await signUp();
  expect((await call(`/api/v1/exercises/${id}`)).status).toBe(401);
  const shown = (await call(`/api/v1/exercises/${id}`, { token })).body;
  expect(shown).toMatchObject({ kind: "fix", bloom: "apply", language: "javascript" });
  const check = (text: string) =>
    call(`/api/v1/exercises/${id}/checks`, { method: "POST", token, json: { answer: { kind: "text", text } } });

  const stub = await check(String(shown["code"]));
  expect(stub.body).toMatchObject({ passed: false, explanation: null, run: { status: "finished" } });
  const endless = check("export async function importAll() {\n  for (;;) {}\n}");
  // Others go on meanwhile.
  expect((await call("/api/health")).status).toBe(200);
  const good = await check(
    "export async function importAll(rows, save) {\n  let saved = 0;\n  for (const row of rows) {\n    await save(row);\n    saved += 1;\n  }\n  return saved;\n}",
  );
  expect(good.body).toMatchObject({ passed: true, feedback: null });
  expect(String(good.body["explanation"])).toContain("forEach");
  expect((await endless).body).toMatchObject({ passed: false, run: { status: "time" } });
  expect((await check("x".repeat(1024 * 1024))).status).toBe(413);
  const other = { answer: { kind: "line", line: 1 } };
  expect((await call(`/api/v1/exercises/${id}/checks`, { method: "POST", token, json: other })).status).toBe(422);
});
