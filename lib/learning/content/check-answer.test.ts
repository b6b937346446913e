import { describe, expect, test } from "vitest";
import { checkAnswer } from "./check-answer";
import { openCriteria, viewOf } from "./rules";
import { exerciseSchema, type Answer, type Exercise } from "./schemas";

const OPEN = {
  evidence: "While one waits, the other runs.",
  shown: "The other one ran meanwhile.",
  missing: "Threads.",
};
const base = {
  uuid: "50a3994f-aa31-43cf-be93-8cb79e7b254c",
  slug: "in-words",
  title: "In words",
  kind: "explain",
  bloom: "evaluate",
  difficulty: 5,
  estimatedMinutes: 4,
  concepts: ["concurrency"],
  prompt: "What happened?",
  hints: ["Look at the await."],
  explanation: "Both read first.",
};
const CHOOSING: Exercise = exerciseSchema.parse({
  ...base,
  options: [
    { id: "claim", text: "Claim it first." },
    { id: "again", text: "Look again." },
  ],
  answer: "claim",
  rubric: [
    { id: "decides", text: "Claims it.", by: "answer" },
    { id: "why", text: "Says what ran.", by: { open: OPEN } },
  ],
  misconceptions: [
    {
      id: "twice",
      belief: "Twice is enough.",
      answer: { choice: "again", words: "Then it is seen." },
      feedback: "No.",
    },
  ],
});
const TELLING: Exercise = exerciseSchema.parse({
  ...base,
  rubric: [{ id: "why", text: "Says what ran.", by: { open: OPEN } }],
  misconceptions: [
    { id: "threads", belief: "Threads.", answer: { words: "There are several threads." }, feedback: "No." },
  ],
});
const argued = (choice: string | null, words: string) => ({ kind: "argued" as const, choice, words });
const LONG = "The second request ran while the first one waited.";

describe("an answer in words", () => {
  test("is open where no check can tell: it has not passed, and nothing says that it failed", async () => {
    for (const [exercise, choice] of [
      [CHOOSING, "claim"],
      [TELLING, null],
    ] as const) {
      const checked = await checkAnswer(exercise, argued(choice, LONG));
      expect([checked.passed, checked.failed, checked.open.map(({ criterion }) => criterion)]).toEqual([
        false,
        [],
        ["why"],
      ]);
      expect(checked.checks.every(({ passed }) => passed)).toBe(true);
    }
  });

  test("fails by its choice, which a check can tell, and is open beside it", async () => {
    const checked = await checkAnswer(CHOOSING, argued("again", LONG));
    expect(checked.checks).toMatchObject([
      { criterion: "decides", passed: false, evidence: { shows: "Chosen: “Look again”." } },
    ]);
    expect((await checkAnswer(CHOOSING, argued(null, LONG))).failed).toEqual(["answer"]);
  });

  test.each(["", "   ", "because", "1234567890 1234567890 1234567890", ". . . . . . . . . . . . . . . . . . . ."])(
    "that says too little (%j) fails at once: nobody has to read it",
    async (words) => {
      const checked = await checkAnswer(CHOOSING, argued("claim", words));
      expect(checked.open).toEqual([]);
      expect(checked.checks.find(({ criterion }) => criterion === "why")?.passed).toBe(false);
    },
  );

  test("that a wrong idea leads to is known again", async () => {
    expect((await checkAnswer(CHOOSING, argued("again", " then it is  SEEN. "))).misconception?.id).toBe("twice");
    expect((await checkAnswer(CHOOSING, argued("claim", "Then it is seen."))).misconception).toBeNull();
    expect((await checkAnswer(TELLING, argued(null, "There are several threads."))).misconception?.id).toBe("threads");
  });

  test("is of its own kind", async () => {
    const others: readonly Answer[] = [
      { kind: "text", text: LONG },
      { kind: "justified", choice: "claim", because: [] },
    ];
    for (const answer of others)
      for (const exercise of [CHOOSING, TELLING])
        await expect(checkAnswer(exercise, answer)).rejects.toMatchObject({ code: "rule_broken" });
  });
});

test("what is open is told, and what would meet it is not", () => {
  expect(openCriteria(CHOOSING).map(({ id }) => id)).toEqual(["why"]);
  const view = viewOf(CHOOSING);
  expect(view.open).toBe(true);
  for (const words of Object.values(OPEN)) expect(JSON.stringify(view)).not.toContain(words);
});
