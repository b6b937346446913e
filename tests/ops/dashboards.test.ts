import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { metrics } from "@/lib/platform/telemetry/metrics";
import { projectRoot } from "../support/run-tool.ts";

const run = promisify(execFile);
const ops = (...parts: string[]) => path.join(projectRoot, "ops", ...parts);

interface Panel {
  readonly title: string;
  readonly description: string;
  readonly targets: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
}
interface Rule {
  readonly record?: string;
  readonly expr: string;
}

const boards = await Promise.all(
  (await readdir(ops("grafana", "dashboards"))).map(
    async (name) =>
      [name, JSON.parse(await readFile(ops("grafana", "dashboards", name), "utf8")) as Dashboard] as const,
  ),
);
const rules = (
  await Promise.all(
    (await readdir(ops("prometheus", "rules"))).map(
      async (name) =>
        parse(await readFile(ops("prometheus", "rules", name), "utf8")) as { groups: { rules: Rule[] }[] },
    ),
  )
).flatMap(({ groups }) => groups.flatMap((group) => group.rules));

/** The names and labels of the metrics that a running process has, from its own registry. */
async function liveMetrics(): Promise<Map<string, readonly string[]>> {
  const all = await metrics().registry.getMetricsAsJSON();
  const known = new Map<string, readonly string[]>();
  for (const { name, type } of all) {
    const { labelNames = [] } = metrics().registry.getSingleMetric(name) as unknown as { labelNames?: string[] };
    const spellings = String(type) === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => name + end) : [name];
    for (const spelling of spellings) known.set(spelling, labelNames);
  }
  for (const { record } of rules) if (record) known.set(record, []);
  known.set("up", []).set("ALERTS", []);
  return known;
}

/** What an expression reads: everything that looks like a metric of ours, of Node's, or like a recorded one. */
const namesIn = (expr: string): string[] =>
  [...expr.matchAll(/\b(?:devmentor_|nodejs_|process_|devmentor:|slo:)[\w:]+|\bup\b/g)].map(([name]) => name);

/** `name{a="b",c=~"d"}` → name, [a, c] */
const selectorsIn = (expr: string): { name: string; labels: string[] }[] =>
  [...expr.matchAll(/([a-z][\w:]*)\{([^}]*)\}/g)].map(([, name = "", inside = ""]) => ({
    name,
    labels: [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
  }));

/** What Prometheus itself puts on every series. */
const OF_SCRAPE = new Set(["job", "instance", "part", "le"]);

describe.each([
  [
    "the dashboards",
    boards.flatMap(([name, { panels }]) =>
      panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: `${name} ${title}`, expr }))),
    ),
  ],
  ["the rules", rules.map(({ record, expr }) => ({ where: record ?? "an alert", expr }))],
])("%s", (_what, expressions) => {
  it("read metrics that a running process has, by labels that those have", async () => {
    const known = await liveMetrics();
    expect(known.size).toBeGreaterThan(60);
    expect(expressions.length).toBeGreaterThan(30);
    for (const { where, expr } of expressions) {
      const names = namesIn(expr);
      if (!expr.startsWith("vector(")) expect(names.length, `${where}: ${expr}`).toBeGreaterThan(0);
      for (const name of names) expect([...known.keys()], where).toContain(name);
      for (const { name, labels } of selectorsIn(expr)) {
        if (name.includes(":")) continue;
        for (const label of labels.filter((each) => !OF_SCRAPE.has(each)))
          expect(known.get(name), `${where}: ${name}`).toContain(label);
      }
    }
  });
});

describe("the dashboards", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "devmentor-dashboards-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("have ids of their own, and say in each panel what it shows", () => {
    expect(boards.length).toBeGreaterThanOrEqual(4);
    expect(new Set(boards.map(([, { uid }]) => uid)).size).toBe(boards.length);
    for (const [name, { panels }] of boards)
      for (const { title, description } of panels) expect(description, `${name} ${title}`).toMatch(/\.$/);
  });

  it("hold expressions that Prometheus can read", async () => {
    const expressions = boards.flatMap(([, { panels }]) =>
      panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    );
    const file = path.join(folder, "expressions.yml");
    const groups = [{ name: "panels", rules: expressions.map((expr, n) => ({ record: `panel:${n}`, expr })) }];
    await writeFile(file, stringify({ groups }));
    const { stdout } = await run("promtool", ["check", "rules", file]);
    expect(stdout).toContain(`${expressions.length} rules found`);
  });

  it("are seen when they read what nobody has", () => {
    expect(namesIn('sum(rate(devmentor_gone_total{a="b"}[5m])) / up')).toEqual(["devmentor_gone_total", "up"]);
    expect(selectorsIn('x{a="b",c!~"d"}')).toEqual([{ name: "x", labels: ["a", "c"] }]);
  });
});
