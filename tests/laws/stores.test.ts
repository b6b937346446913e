import ts from "typescript";
import { describe, expect, test } from "vitest";
import { parseFile, parseText, placeOf, productFiles, walk } from "./source.ts";

/** SQL and RPC are written in `store.ts` files; the files that make the clients are their ground. */
const ALLOWED = /^lib\/(?:.+\/)?store\.ts$|^lib\/platform\/supabase\/(?:trusted|server|browser)\.ts$/;

/** Places that reach for the database: `.rpc(…)`, `.from("table")`, `.schema("…")` and sql`…`. */
function reaches(source: ts.SourceFile): string[] {
  const found: string[] = [];
  for (const node of walk(source)) {
    if (ts.isTaggedTemplateExpression(node) && /(?:^|\.)sql$/.test(node.tag.getText(source))) {
      found.push(`${placeOf(source, node)} sql\`…\``);
    }
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) continue;
    const { name, expression: receiver } = node.expression;
    const [first] = node.arguments;
    const isClass = ts.isIdentifier(receiver) && /^[A-Z]/.test(receiver.text); // Array.from, Buffer.from
    const isNamed = first !== undefined && ts.isStringLiteralLike(first);
    if (name.text === "rpc" || (["from", "schema"].includes(name.text) && isNamed && !isClass)) {
      found.push(`${placeOf(source, node)} .${name.text}(…)`);
    }
  }
  return found;
}

describe("SQL and RPC", () => {
  test("stand in store.ts files alone", () => {
    const files = productFiles("{app,components,lib,inngest,worker}/**/*.{ts,tsx}");
    expect(files.length).toBeGreaterThan(25);
    expect(files.filter((file) => !ALLOWED.test(file)).flatMap((file) => reaches(parseFile(file)))).toEqual([]);
  });

  test.each([
    ["await db.rpc('make_pledge', { id })", [".rpc(…)"]],
    ["await (await cookieClient()).from('profiles').select()", [".from(…)"]],
    ["db.schema('private').from(`x`)", [".from(…)", ".schema(…)"]],
    ["const rows = await sql`select 1`", ["sql`…`"]],
    ["await this.sql<Row[]>`select 1`", ["sql`…`"]],
    ["Array.from('abc'); Buffer.from('abc'); from('abc'); stream.from(list)", []],
  ])("are seen in %s", (text, expected) => {
    const found = reaches(parseText("planted.ts", text)).map((place) => place.replace(/^\S+ /, ""));
    expect(found).toEqual(expected);
  });
});
