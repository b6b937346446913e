import { describe, expect, test } from "vitest";
import { findSecrets } from "./detect";
import { drawing, positives, randomFrom, type Labelled } from "./testing/labelled-set";
import { lookAlikes } from "./testing/look-alikes";

/** What is found of a labelled text: the kinds, and whether each really is the secret. */
function outcome(example: Labelled): { right: boolean; wrong: string[] } {
  const matches = findSecrets(example.text, example.path);
  const isIt = ({ start, end }: { start: number; end: number }) => {
    const found = example.text.slice(start, end);
    return example.secret !== "" && (example.secret.includes(found) || found.includes(example.secret));
  };
  return {
    right: matches.some((match) => match.kind === example.kind && isIt(match)),
    wrong: matches
      .filter((match) => !isIt(match))
      .map((match) => `${match.kind}: ${example.text.slice(match.start, match.end)}`),
  };
}

describe("the labelled set", () => {
  const SEEDS = [1, 20_261_125, 7_777_777];
  const sets = SEEDS.map((seed) => {
    const draw = drawing(randomFrom(seed));
    return { positive: positives(draw, 10), negative: lookAlikes(draw, 8) };
  });

  test("is as large and as varied as it should be", () => {
    for (const { positive, negative } of sets) {
      expect(positive.length).toBeGreaterThanOrEqual(200);
      expect(new Set(positive.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(20);
      expect(negative.length).toBeGreaterThanOrEqual(400);
    }
  });

  test.each(SEEDS.map((seed, at) => ({ seed, at })))(
    "seed $seed: recall 0.95 and precision 0.9 at least",
    ({ seed, at }) => {
      const { positive = [], negative = [] } = sets[at] ?? {};
      const table = new Map<string, { right: number; of: number; wrong: string[]; missed: string[] }>();
      for (const example of [...positive, ...negative]) {
        const row = table.get(example.label) ?? { right: 0, of: 0, wrong: [], missed: [] };
        const { right, wrong } = outcome(example);
        row.of += 1;
        if (right) row.right += 1;
        else if (example.kind) row.missed.push(example.text.trim());
        row.wrong.push(...wrong);
        table.set(example.label, row);
      }
      const rows = [...table.values()];
      const found = rows.reduce((sum, row) => sum + row.right, 0);
      const wrong = rows.reduce((sum, row) => sum + row.wrong.length, 0);
      const recall = found / positive.length;
      const precision = found / (found + wrong);
      const lines = [...table].map(([label, row]) =>
        positive.some((example) => example.label === label)
          ? `  ${label.padEnd(28)} found ${row.right}/${row.of}${row.missed.length > 0 ? `, missed: ${row.missed.join("; ")}` : ""}${row.wrong.length > 0 ? `, and wrongly: ${row.wrong.join("; ")}` : ""}`
          : `  ${label.padEnd(28)} ${row.wrong.length} of ${row.of} reported${row.wrong.length > 0 ? `: ${row.wrong.slice(0, 6).join("; ")}` : ""}`,
      );
      process.stdout.write(
        `secrets, seed ${seed}: recall ${recall.toFixed(3)} of ${positive.length}, precision ${precision.toFixed(3)} with ${negative.length} look-alikes\n${lines.join("\n")}\n`,
      );
      expect(recall).toBeGreaterThanOrEqual(0.95);
      expect(precision).toBeGreaterThanOrEqual(0.9);
      // Every kind on its own, not only the sum.
      expect(
        [...table].filter(([label, row]) => row.right < row.of * 0.8 && positive.some((p) => p.label === label)),
      ).toEqual([]);
    },
  );
});
