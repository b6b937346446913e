import { expect, test } from "vitest";
import { createParser } from "../syntax/parser";
import { CATALOGUE } from "./catalogue";
import { findOccurrences } from "./match";
import { scopesOf } from "./scopes";

const parser = await createParser();

/** Code on the edge of a pattern: how often it occurs there. The examples of the catalogue are the plain cases. */
const EDGES: readonly (readonly [id: string, language: string, count: number, text: string])[] = [
  ["await-in-loop", "TypeScript", 0, "for (const x of await load()) use(x);"],
  ["await-in-loop", "TypeScript", 0, "for await (const x of load()) await use(x);"],
  ["await-in-loop", "TypeScript", 0, "for (const x of xs) later(async () => { await use(x); });"],
  ["await-in-loop", "TypeScript", 1, "while (await next()) await use();"],
  ["await-in-loop", "Python", 1, "async def f():\n    while True:\n        await g()\n"],
  ["floating-promise", "TypeScript", 0, "load().then(show, report);"],
  ["floating-promise", "TypeScript", 0, "await load().then(show);"],
  ["floating-promise", "TypeScript", 0, "void load().then(show);"],
  ["nested-callbacks", "TypeScript", 0, "a(() => { b(() => { c(); }); });"],
  ["nested-callbacks", "TypeScript", 1, "a(() => { b(() => { c(() => { d(() => {}); }); }); });"],
  ["empty-catch", "TypeScript", 0, "try { f(); } catch { /* the file may be gone */ }"],
  ["empty-catch", "Python", 0, "try:\n    f()\nexcept KeyError:\n    x = None\n"],
  ["broad-catch", "Python", 1, "try:\n    f()\nexcept Exception as error:\n    raise\n"],
  ["broad-catch", "Python", 0, "try:\n    f()\nexcept MyException:\n    g()\n"],
  ["lost-cause", "Python", 0, "try:\n    f()\nexcept KeyError:\n    raise\n"],
  ["lost-cause", "TypeScript", 0, "try { f(); } catch (e) { throw new Error(`x: ${e.message}`); }"],
  [
    "ignored-error",
    "Go",
    0,
    "package a\n\nfunc f() {\n\tfor _, x := range xs {\n\t\tg(x)\n\t}\n\tv, _ := m[k]\n\tg(v)\n}\n",
  ],
  ["ignored-error", "Go", 1, "package a\n\nfunc f() {\n\t_ = g()\n}\n"],
  ["unwrap", "Rust", 0, "fn f() -> u8 { x().unwrap_or(1) }"],
  ["unwrap", "Rust", 0, "#[tokio::test]\nasync fn f() { x().unwrap(); }"],
  ["recursion", "TypeScript", 0, "class A { save() { save(); } }"],
  ["recursion", "TypeScript", 1, "class A { save() { this.save(); } }"],
  ["recursion", "TypeScript", 1, "const f = (n: number): number => (n ? f(n - 1) : 0);"],
  ["recursion", "Python", 0, "class A:\n    def save(self):\n        save(self)\n"],
  ["recursion", "Go", 0, "package a\n\nfunc (a *A) Save() { a.store.Save() }\n"],
  ["mutable-default", "Python", 2, "def f(a={}, *, b: list = list(), c=(), d=None):\n    pass\n"],
  ["many-parameters", "Go", 0, "package a\n\nfunc f(a, b, c int, d, e string) {}\n"],
  ["many-parameters", "Python", 0, "class A:\n    def f(self, a, b, c, d, e):\n        pass\n"],
  ["loose-equality", "TypeScript", 0, "if (a === b || a == null) f();"],
  ["null-by-equality", "TypeScript", 2, "if (a != null && null == b) f();"],
  ["any-type", "TypeScript", 2, "const any = (x: any[]): Promise<any> => anything(x);"],
  ["non-null-assertion", "TypeScript", 0, "class A { x!: string; }\nif (!x) f();"],
  ["mutable-global", "TypeScript", 0, "function f() { let a = 1; }\nfor (let i = 0; i < 3; i++) f();"],
  [
    "mutable-global",
    "JavaScript",
    0,
    'let react = require("react");\nvar seen = {};\nfunction f() { seen.a = 1; let react; }',
  ],
  ["mutable-global", "JavaScript", 2, "let a, b = 1;\nlet [c] = [1];\nfunction f() { a = 2; [c] = [3]; }"],
  ["mutable-global", "Java", 0, "class A { private static final int X = 1; int y; }"],
  ["wildcard-import", "Rust", 0, "use super::*;\nuse rayon::prelude::*;"],
  ["wildcard-import", "Java", 1, "import static java.util.Map.*;\nclass A {}"],
  [
    "lock-without-guard",
    "Java",
    0,
    "class A { void f() { lock.lock(); // No overflow.\n int n; try { n = g(); } finally { lock.unlock(); } } }",
  ],
  [
    "lock-without-guard",
    "Java",
    1,
    "class A { void f() { lock.lock(); int n = g(); try { h(); } finally { lock.unlock(); } } }",
  ],
  ["lock-without-guard", "Python", 0, "lock.acquire()\n# Held for both.\ntry:\n    f()\nfinally:\n    lock.release()"],
  [
    "test-case",
    "Python",
    0,
    "class App(Base):\n    def test_client(self):\n        return Client(self)\n    @cached\n    def test_runner(self):\n        return 1",
  ],
  [
    "test-case",
    "Python",
    2,
    "class AddTest(Case):\n    def test_a(self):\n        pass\nclass B(unittest.TestCase):\n    def test_b(self):\n        pass",
  ],
  ["lock-without-guard", "Java", 0, "class A { void f() { lock.lock(); try { g(); } finally { lock.unlock(); } } }"],
  ["query-in-loop", "TypeScript", 0, "for (const row of await db.query(sql)) use(row);"],
  [
    "sql-by-concatenation",
    "TypeScript",
    0,
    "const text = `the table, ${name}, to select from `; f(`please update ${x} soon`);",
  ],
  ["sql-by-concatenation", "TypeScript", 0, "await sql`select name from users where id = ${id}`;"],
  ["parameterised-sql", "TypeScript", 1, "await sql`select name from users where id = ${id}`;"],
  ["http-without-timeout", "TypeScript", 0, "fetch(url, { ...options }); fetch(url, options); client.fetch(url);"],
  ["http-without-timeout", "Python", 0, "requests.get(url, **options)\nsession.get(url)\n"],
  ["print-debugging", "TypeScript", 0, "console.error(error); myconsole.log(1);"],
  ["test-case", "TypeScript", 0, "if (/a/.test('b')) it(() => {});"],
  ["table-driven-test", "TypeScript", 1, "test.each([1, 2])('n %i', (n) => {});"],
  ["optional-chaining", "TypeScript", 3, "a?.b?.[0]; f?.();"],
  ["silenced-checker", "Python", 0, "# ignore the type of this\nx = 1\n"],
  ["text-built-in-loop", "Python", 0, 'for x in xs:\n    total += 1\ntext += "done"\n'],
  ["generator", "Python", 2, "def f():\n    yield 1\n    yield from g()\n"],
  ["json-trusted", "TypeScript", 0, "const a = schema.parse(JSON.parse(text));"],
];

test.each(EDGES)("%s in %s, %i times: %s", (id, language, count, text) => {
  const parsed = parser.parse({ language, text, bytes: text.length });
  if (!parsed.ok) throw new Error(`not parsed: ${parsed.why}`);
  expect(CATALOGUE.some((pattern) => pattern.id === id)).toBe(true);
  let found = 0;
  findOccurrences(parsed.tree, scopesOf(parsed.tree), (index) => {
    if (CATALOGUE[index]?.id === id) found += 1;
  });
  expect(found).toBe(count);
});
