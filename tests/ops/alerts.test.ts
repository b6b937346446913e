import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { projectRoot } from "../support/run-tool.ts";
import { FAULTS, quietWith, seriesWith, stepsBefore, stepsTo, unknownSeries } from "./faults.ts";

const run = promisify(execFile);
const rules = (name: string) => path.join(projectRoot, "ops", "prometheus", "rules", `${name}.yml`);

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
const alerts = await alertsOf("alerts");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "devmentor-alerts-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function alertsOf(name: string): Promise<Rule[]> {
  const { groups } = parse(await readFile(rules(name), "utf8")) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
}

const at = (step: number): string => `${step * 15}s`;

/** Has promtool play these series to the rules, and asks it which alerts fire when. @returns what it said if it disagrees */
async function play(
  name: string,
  series: ReturnType<typeof seriesWith>,
  expected: readonly { step: number; firing: Readonly<Record<string, number>> }[],
): Promise<string> {
  const file = path.join(folder, `${name.replaceAll(/\W+/g, "-")}.yml`);
  const test = {
    rule_files: ["slo", "recording", "alerts"].map(rules),
    // What takes hours is looked at each minute, which is as often as anything changes.
    evaluation_interval: expected.some(({ step }) => step > 1_000) ? "1m" : "15s",
    tests: [
      {
        interval: "15s",
        input_series: series,
        promql_expr_test: expected.map(({ step, firing }) => ({
          expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: at(step),
          exp_samples: Object.entries(firing).map(([alertname, value]) => ({
            labels: `{alertname="${alertname}"}`,
            value,
          })),
        })),
      },
    ],
  };
  await writeFile(file, stringify(test));
  return run("promtool", ["test", "rules", file]).then(
    () => "",
    (error: unknown) => String((error as { stderr?: string }).stderr ?? error),
  );
}

describe("the alerts", () => {
  it("have each a fault that is planted here, and speak of series that the healthy product has", () => {
    expect(new Set(FAULTS.map(({ alert }) => alert))).toEqual(new Set(alerts.map(({ alert }) => alert)));
    expect(unknownSeries()).toEqual([]);
  });

  it("are silent while all is well", async () => {
    expect(
      await play(
        "healthy",
        seriesWith(undefined),
        [1, 60, 240, 470].map((step) => ({ step, firing: {} })),
      ),
    ).toBe("");
  });

  it.each(FAULTS)("$alert alone fires when $name", async (fault) => {
    const said = await play(`${fault.alert} ${fault.name}`, seriesWith(fault), [
      { step: stepsBefore(fault) - 1, firing: {} },
      { step: stepsBefore(fault) + stepsTo(fault), firing: { [fault.alert]: 1 } },
    ]);
    expect(said).toBe("");
  });

  it("stay silent over a handful of failures where hardly anybody is, however large their share, and not over more", async () => {
    const inAnHour = (failures: number) =>
      seriesWith({ alert: "ErrorBudgetBurnsFast", name: "", within: 75, series: quietWith(failures / 240) });
    const step = 240 + 290;
    expect(await play("quiet", inAnHour(7), [{ step, firing: {} }])).toBe("");
    expect(await play("quiet no more", inAnHour(14), [{ step, firing: { ErrorBudgetBurnsFast: 1 } }])).toBe("");
  });

  it("are seen to be missing when the rule is not there: the test bites", async () => {
    const [fault] = FAULTS;
    const said = await play("bites", seriesWith(fault), [{ step: 248, firing: { MoneyBroken: 1 } }]);
    expect(said).toContain("MoneyBroken");
  });

  it("say how urgent they are, what they mean and where it stands what to do", async () => {
    const guide = await readFile(path.join(projectRoot, "docs", "alerts.md"), "utf8");
    const headings = new Set([...guide.matchAll(/^## (\w+)$/gm)].map(([, name]) => name));
    for (const { alert, labels, annotations } of alerts) {
      expect(["page", "ticket"], alert).toContain(labels["severity"]);
      expect(annotations["summary"], alert).toMatch(/\w/);
      expect(annotations["description"], alert).toMatch(/\w/);
      expect(annotations["runbook"], alert).toBe(`docs/alerts.md#${alert.toLowerCase()}`);
    }
    expect([...headings].toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
  });

  it("page when money is at stake", () => {
    const money = alerts.filter(({ labels }) => labels["subject"] === "money");
    expect(money.map(({ alert }) => alert).toSorted()).toEqual([
      "MoneyBroken",
      "MoneyDrifts",
      "MoneyUnchecked",
      "PaymentsUnknown",
    ]);
    expect(money.every(({ labels }) => labels["severity"] === "page")).toBe(true);
  });
});
