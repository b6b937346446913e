import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layOutOps } from "../../scripts/ops.ts";

const run = promisify(execFile);
const TOKEN = "a-token-of-this-test";

let folder: string;
let files: ReturnType<typeof layOutOps>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "devmentor-ops-"));
  files = layOutOps(folder, { appPort: 3111, workerPort: 9111, token: TOKEN, alertmanagerPort: 9222 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("npm start -- --ops", () => {
  it("asks this stack's own application and worker, with its token, which nobody else may read", async () => {
    const prometheus = path.dirname(files.prometheus);
    const targets = JSON.parse(await readFile(path.join(prometheus, "targets", "devmentor.json"), "utf8")) as unknown;
    expect(targets).toEqual([
      { targets: ["127.0.0.1:3111"], labels: { part: "app" } },
      { targets: ["127.0.0.1:9111"], labels: { part: "worker" } },
    ]);
    const token = path.join(prometheus, "metrics-token");
    expect(await readFile(token, "utf8")).toBe(TOKEN);
    expect((await stat(token)).mode & 0o777).toBe(0o600);
  });

  it("is what both programs can read, whole, with every file that it names", async () => {
    const { stdout } = await run("promtool", ["check", "config", files.prometheus]);
    expect(stdout).toMatch(/SUCCESS: 3 rule files found/);
    await run("amtool", ["check-config", files.alertmanager]);
  });

  it("keeps the routes, and sends nothing to anybody from here", async () => {
    const routes = ["config", "routes", "test", `--config.file=${files.alertmanager}`];
    const { stdout } = await run("amtool", [...routes, "severity=page", "subject=money"]);
    expect(stdout.trim()).toBe("pages");
    expect(await readFile(files.alertmanager, "utf8")).not.toMatch(/slack_configs|email_configs|smtp|slack_api/);
  });

  it("can be laid out again where it was", () => {
    expect(layOutOps(folder, { appPort: 1, workerPort: 2, token: TOKEN, alertmanagerPort: 3 })).toEqual(files);
  });
});
