import { describe, expect, test, vi } from "vitest";
import { practise } from "@/lib/learning/content/practise";
import { readContent } from "@/lib/learning/content/read-content";
import type { Exercise } from "@/lib/learning/content/schemas";
import { readAttempts } from "@/lib/learning/mastery/store";
import { runCode } from "@/lib/learning/runner/run-code";
import { rightAnswer } from "../../support/learning-answers.ts";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase } from "../../support/supabase.ts";
import { responded, resumed, sessions, started } from "./session-calls.ts";

vi.mock("next/headers", async () => (await import("../accounts/request-scope.ts")).nextHeaders());
vi.mock("next/server", async (original) => (await import("../accounts/request-scope.ts")).nextServer(original));

const supabase = useSupabase();
useProductEnv({ supabase });

const LESSON = { trackSlug: "python-in-practice", lessonSlug: "function-parameters" };

function item(slug: string): Extract<Exercise, { kind: "fix" | "write" | "refactor" }> {
  const found = readContent()
    .flatMap(({ concepts }) => concepts.flatMap(({ exercises }) => exercises))
    .find((exercise) => exercise.slug === slug);
  if (!found || !("exemplar" in found)) throw new Error(`there is no item ${slug} to be written`);
  return found;
}

/** Reads `text`, and says which of the others it is built alike with. */
async function read(text: string, other?: string) {
  return runCode({
    files: [{ name: "solution.py", text }, ...(other === undefined ? [] : [{ name: "other.py", text: other }])],
    entry: "solution.py",
    tests: null,
    constructsOf: "solution.py",
  });
}

const alike = async (one: string, other: string) => (await read(one, other)).same === "other.py";

describe("reading Python", () => {
  const SUM = "def total(numbers):\n    result = 0\n    for n in numbers:\n        result += n\n    return result\n";

  test.each([
    [
      "other names of variables",
      SUM.replaceAll("result", "so_far").replaceAll(" n ", " each ").replace("+= n", "+= each"),
    ],
    [
      "comments, docstrings and layout",
      `# sums\n${SUM.replace(":\n    result", ':\n    """Sums."""\n\n    result  =  0 # begin\n    result').replace("    result = 0\n    result", "    result")}`,
    ],
    ["annotations in the signature", SUM.replace("(numbers):", "(numbers: list[int]) -> int:")],
  ])("finds two answers alike but for %s", async (_, text) => {
    const kept = text.includes("Sums") ? SUM.replace("result = 0", "result = 0\n    result = 0") : SUM;
    expect([await alike(text, kept), (await read(text)).status]).toEqual([true, "unrun"]);
  });

  test.each([
    ["another operator", SUM.replace("+=", "-=")],
    ["another start", SUM.replace("= 0", "= 1")],
    ["another parameter, which callers may name", SUM.replaceAll("numbers", "values")],
    ["another function name", SUM.replace("total", "sum_up")],
    ["names swapped", SUM.replace("result += n", "n += result")],
    ["what it returns", SUM.replace("return result", "return n")],
    ["a tuple instead of a value", SUM.replace("return result", "return result,")],
    ["a name of Python's own", SUM.replaceAll("result", "sum")],
  ])("does not take for the same: %s", async (_, text) => {
    expect(await alike(text, SUM)).toBe(false);
  });

  test("keeps names that can be seen from inside", async () => {
    const seen = (name: string) => `def f():\n    ${name} = 1\n    return f"{${name}=}"\n`;
    expect(await alike(seen("a"), seen("b"))).toBe(false);
    const locals = (name: string) => `def f():\n    ${name} = 1\n    return locals()\n`;
    expect(await alike(locals("a"), locals("b"))).toBe(false);
  });

  test("names constructs with their lines, and says where it cannot be read", async () => {
    const { constructs } = await read(
      "import os\ndef f(a=[]):\n    try:\n        os.system('x')\n    except (KeyError, OSError) as e:\n        raise\n    except:\n        run(shell=True)\n",
    );
    expect(constructs).toEqual(
      expect.arrayContaining([
        { construct: "import:os", line: 1 },
        { construct: "mutable-default", line: 2 },
        { construct: "call:os.system", line: 4 },
        { construct: "except:KeyError", line: 5 },
        { construct: "except:OSError", line: 5 },
        { construct: "bare-except", line: 7 },
        { construct: "keyword:shell=True", line: 8 },
      ]),
    );
    expect(await read("def f(:\n    return 1\n")).toMatchObject({ status: "syntax", error: { line: 1 } });
    const deep = `x = ${"(".repeat(3_000)}1${")".repeat(3_000)}`;
    expect((await read(deep)).status).toBe("syntax");
    // And the next one is answered.
    expect((await read("x = 1\n")).status).toBe("unrun");
  });

  test("runs nothing", async () => {
    const result = await read("while True:\n    pass\n");
    expect([result.status, result.output, result.tests]).toEqual(["unrun", "", []]);
  });
});

describe("an answer in Python", () => {
  const exercise = item("default-none");
  const check = (text: string) => practise(exercise.uuid, { kind: "text", text });

  test("that is built like one that was run counts as one", async () => {
    expect((await check(exercise.exemplar)).passed).toBe(true);
    const own = exercise.alsoRight[0]?.replace("is None else tags", "is None else tags  # the caller's own");
    expect((await check(own ?? "")).passed).toBe(true);
  });

  test("that is a known wrong one, or what was given, does not", async () => {
    const wrong = exercise.misconceptions[0];
    const told = await check(`# mine\n${wrong?.answer}`);
    expect([told.passed, told.feedback]).toEqual([false, wrong?.feedback]);
    expect((await check(exercise.stub)).criteria.every(({ passed }) => !passed)).toBe(true);
    const unreadable = await check("def add_tag(name, tags=None:\n    pass\n");
    expect([unreadable.run?.status, unreadable.passed]).toEqual(["syntax", false]);
  });

  test("that is neither stays open, and says that nothing of the browser's run is counted", async () => {
    const { passed, criteria, run } = await check(
      "def add_tag(name, tags=None):\n    found = tags\n    if found is None:\n        found = []\n    found.append(name)\n    return found\n",
    );
    expect([passed, run?.status]).toEqual([false, "unrun"]);
    expect(criteria.map((line) => line.passed)).toEqual([true, false]);
    expect(criteria[1]?.shows.join()).toContain("it is not counted");
  });
});

describe("a session in Python", () => {
  async function atItem(slug: string) {
    const user = await supabase.asUser();
    const { id } = started(await sessions.start(user, LESSON)).session;
    for (let turn = 0; turn < 9; turn += 1) {
      const { session, content } = resumed(await sessions.read(user, id));
      if (!content) break;
      if (content.exercise.slug === slug) return { user, id, content, version: session.version };
      await sessions.respond(user, id, {
        activityId: content.activityId,
        answer: rightAnswer(content.activityId),
        version: session.version,
      });
    }
    throw new Error(`the session did not come to ${slug}`);
  }

  test("shows the tests for practice, runs nothing itself, and believes no claim", async () => {
    const { user, id, content, version } = await atItem("default-none");
    expect(content.exercise).toMatchObject({ language: "python", practiceTests: item("default-none").tests });
    const answer = {
      kind: "text",
      text: "def add_tag(name, tags=None):\n    new = [name]\n    if tags is None:\n        return new\n    tags.extend(new)\n    return tags\n",
    };
    const ran = await sessions.run(user, id, { activityId: content.activityId, answer });
    expect([ran.status, ran.body.code]).toEqual([422, "rule_broken"]);
    expect(JSON.stringify(ran.body)).toContain("your browser");
    const claimed = await sessions.respond(user, id, { activityId: content.activityId, answer, version, passed: true });
    expect(claimed.status).toBe(400);

    const before = await readAttempts(user.id);
    const told = responded(await sessions.respond(user, id, { activityId: content.activityId, answer, version }));
    expect([told.standing, told.validation.passed, told.change]).toEqual(["needs_review", false, null]);
    expect(told.validation.criteria.map(({ status }) => status)).toEqual(["demonstrated", "needs_review"]);
    expect(told.validation.feedback).toContain("it is not counted");
    expect(await readAttempts(user.id)).toEqual(before);
    // What waits is not asked again meanwhile.
    for (let next = told; next.nextContent;) {
      expect(next.nextContent.activityId).not.toBe(content.activityId);
      const { activityId } = next.nextContent;
      if (next.progress.answered >= 6) break;
      next = responded(
        await sessions.respond(user, id, {
          activityId,
          answer: rightAnswer(activityId),
          version: next.session.version,
        }),
      );
    }
  });

  test("counts what can be told by reading", async () => {
    const { user, id, content, version } = await atItem("keyword-only");
    const answer = { kind: "text", text: item("keyword-only").exemplar.replaceAll("total", "sum_of_it") };
    const told = responded(await sessions.respond(user, id, { activityId: content.activityId, answer, version }));
    expect([told.standing, told.validation.passed]).toEqual(["final", true]);
    expect(told.change?.concept).toBe("function-parameters");
  });
});
