import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../support/run-tool.ts";

const run = promisify(execFile);
const ops = (...parts: string[]) => path.join(projectRoot, "ops", ...parts);
const ROUTES = ops("alertmanager", "alertmanager.yml");

describe("what is configured", () => {
  it("is what Prometheus and Alertmanager can read", async () => {
    const prometheus = await run("promtool", ["check", "config", "--syntax-only", ops("prometheus", "prometheus.yml")]);
    expect(prometheus.stdout).toContain("SUCCESS");
    const alertmanager = await run("amtool", ["check-config", ROUTES]);
    expect(alertmanager.stdout).toContain("1 templates");
  });

  it.each([
    ["pages", ["alertname=MoneyBroken", "severity=page", "subject=money"]],
    ["pages", ["alertname=DatabaseAway", "severity=page"]],
    ["tickets", ["alertname=DeadLetters", "severity=ticket"]],
    ["tickets", ["alertname=SomethingNew"]],
  ])("sends to %s what is %j", async (receiver, labels) => {
    const { stdout } = await run("amtool", ["config", "routes", "test", `--config.file=${ROUTES}`, ...labels]);
    expect(stdout.trim()).toBe(receiver);
  });
});
