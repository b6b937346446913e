import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { isFree, portOr } from "../devstack/ports.ts";
import { keep } from "../devstack/process/keeper.ts";
import { findOnPath, ROOT } from "./install.mjs";
import { launchProgram, type Place, type Product, reporter, StartError } from "./product.ts";

/** What `--ops` runs, by the names that programs have on Debian and elsewhere. */
const PROMETHEUS = ["prometheus"];
const ALERTMANAGER = ["prometheus-alertmanager", "alertmanager"];

/** Who is asked for metrics, and with which token. */
interface Scraped {
  readonly appPort: number;
  readonly workerPort: number;
  readonly token: string;
  readonly alertmanagerPort: number;
}

/**
 * Lays out what `ops/` holds so that it runs on this machine: the same rules, the same routes, this stack's own targets and
 * token. Alerts stay on Alertmanager's page: from here nothing is sent to anybody.
 * @param folder is emptied first, except for what the programs have stored
 */
export function layOutOps(folder: string, scraped: Scraped): { prometheus: string; alertmanager: string } {
  const prometheus = path.join(folder, "prometheus");
  const alertmanager = path.join(folder, "alertmanager");
  for (const each of [prometheus, alertmanager]) rmSync(each, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(path.join(ROOT, "ops", "prometheus"), prometheus, { recursive: true });
  cpSync(path.join(ROOT, "ops", "alertmanager"), alertmanager, { recursive: true });
  writeFileSync(path.join(prometheus, "metrics-token"), scraped.token, { mode: 0o600 });
  const targets = (name: string, list: unknown): void =>
    writeFileSync(path.join(prometheus, "targets", name), JSON.stringify(list));
  targets("devmentor.json", [
    { targets: [`127.0.0.1:${scraped.appPort}`], labels: { part: "app" } },
    { targets: [`127.0.0.1:${scraped.workerPort}`], labels: { part: "worker" } },
  ]);
  targets("alertmanager.json", [{ targets: [`127.0.0.1:${scraped.alertmanagerPort}`] }]);
  const routes = path.join(alertmanager, "alertmanager.yml");
  const configured = parse(readFileSync(routes, "utf8")) as { global: unknown; receivers: { name: string }[] };
  const { global: _addresses, ...rest } = configured;
  writeFileSync(routes, stringify({ ...rest, receivers: configured.receivers.map(({ name }) => ({ name })) }));
  return { prometheus: path.join(prometheus, "prometheus.yml"), alertmanager: routes };
}

/**
 * Runs Prometheus and Alertmanager beside the product, where they are installed, and says where their pages are.
 * @throws StartError naming what is missing and what installs it
 */
export async function keepOps(place: Place, scraped: Omit<Scraped, "alertmanagerPort">): Promise<Product[]> {
  const [prometheus, alertmanager] = [PROMETHEUS, ALERTMANAGER].map((names) =>
    names.map((name) => findOnPath(name)).find((file) => file !== undefined),
  );
  if (!prometheus || !alertmanager)
    throw new StartError(
      "--ops needs Prometheus and Alertmanager on the PATH. Debian: sudo apt-get install prometheus prometheus-alertmanager",
    );
  const ports = { prometheus: await portOr(9090), alertmanager: await portOr(9093) };
  const folder = path.join(place.stateDir, "ops");
  const files = layOutOps(folder, { ...scraped, alertmanagerPort: ports.alertmanager });
  return [
    await keepProgram(place, "alertmanager", alertmanager, ports.alertmanager, [
      `--config.file=${files.alertmanager}`,
      `--storage.path=${path.join(folder, "alertmanager-data")}`,
      `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
      // One alone: it looks for no others.
      "--cluster.listen-address=",
    ]),
    await keepProgram(place, "prometheus", prometheus, ports.prometheus, [
      `--config.file=${files.prometheus}`,
      `--storage.tsdb.path=${path.join(folder, "prometheus-data")}`,
      "--storage.tsdb.retention.time=4d",
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    ]),
  ];
}

async function keepProgram(
  place: Place,
  name: string,
  program: string,
  port: number,
  words: readonly string[],
): Promise<Product> {
  const began = Date.now();
  const start = async () => {
    const child = launchProgram(place, name, program, words, port);
    for (;;) {
      if (!(await isFree(port))) return child;
      const isOver = await Promise.race([
        child.exited.then(() => true),
        new Promise<false>((resolve) => setTimeout(() => resolve(false), 50)),
      ]);
      if (isOver)
        throw new StartError(
          `${name} ended before it listened. Its log: ${path.join(place.stateDir, "logs", `${name}.log`)}`,
        );
    }
  };
  const kept = await keep(start, place.stack.guardian, reporter(place, name), { deaths: 5, withinMs: 10_000 });
  place.stack.adopt(name, `http://127.0.0.1:${port}`, Date.now() - began, kept);
  return { name, kept };
}
