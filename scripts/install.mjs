// Plain JavaScript for Node >= 20.9 without a dependency: it runs before there is anything else.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The project's folder. */
export const ROOT = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");
const LOCK = path.join(ROOT, "package-lock.json");
const STAMP = path.join(ROOT, "node_modules", ".devmentor-install");

/** Something this machine lacks; the message says what and what to do. */
export class SetupError extends Error {
  name = "SetupError";
}

/**
 * System programs that some part uses where they are present.
 * @type {Record<string, { commands: string[], apt: string, for: string }>}
 */
export const SYSTEM_PACKAGES = {
  chromium: { commands: ["chromium", "chromium-browser", "google-chrome"], apt: "chromium", for: "browser tests" },
  redis: {
    commands: ["redis-server", "valkey-server"],
    apt: "redis-server",
    for: "a Redis that keeps its data; without it a JavaScript one is used",
  },
  promtool: { commands: ["promtool"], apt: "prometheus", for: "checking the alert rules" },
  alertmanager: { commands: ["amtool"], apt: "prometheus-alertmanager", for: "checking where alerts go" },
};

/**
 * Checks the tools that must be there before anything can be installed.
 * @throws SetupError naming each one that is missing or too old.
 */
export function checkTools() {
  const faults = [];
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 9))
    faults.push(`Node ${process.versions.node} is too old: 20.9 or newer is needed (https://nodejs.org).`);
  for (const [tool, hint] of [
    ["npm", "It comes with Node."],
    ["git", "Install it (Debian: apt-get install git)."],
  ]) {
    if (!findOnPath(tool)) faults.push(`\`${tool}\` is not on the PATH. ${hint}`);
  }
  if (faults.length > 0) throw new SetupError(faults.join("\n"));
}

/**
 * The first folder of the PATH that holds an executable of this name.
 * @param {string} name
 * @returns {string | undefined} its full path
 */
export function findOnPath(name) {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder; the next may have it.
    }
  }
  return undefined;
}

const digest = (/** @type {string} */ file) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Whether node_modules holds what the lock file says. */
function isInstalled() {
  if (!existsSync(path.join(ROOT, "node_modules", ".bin", "node"))) return false;
  if (existsSync(STAMP)) return readFileSync(STAMP, "utf8") === digest(LOCK);
  // Installed by hand: npm's own record tells.
  const record = path.join(ROOT, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(LOCK, "utf8")).packages).filter(
    ([place, entry]) => place !== "" && !entry.optional && !entry.devOptional && !entry.peer,
  );
  return wanted.every(
    ([place, entry]) => installed[place]?.version === entry.version && existsSync(path.join(ROOT, place)),
  );
}

/**
 * Runs `npm ci` when node_modules is absent or was installed from another lock file; says so meanwhile.
 * @param {(line: string) => void} [say]
 * @returns {Promise<boolean>} whether anything was installed
 * @throws SetupError when npm fails
 */
export async function ensureNodeModules(say = (line) => console.log(line)) {
  if (isInstalled()) {
    if (!existsSync(STAMP)) writeFileSync(STAMP, digest(LOCK));
    return false;
  }
  const began = Date.now();
  say("installing the packages of package-lock.json (about a minute the first time) …");
  const ticker = setInterval(() => say(`  still installing, ${Math.round((Date.now() - began) / 1000)} s`), 15_000);
  try {
    // NODE_ENV=production or npm's own settings would leave out what the build needs.
    const env = { ...process.env, NODE_ENV: "development", npm_config_omit: "" };
    await run("npm", ["ci", "--no-audit", "--no-fund", "--include=dev", "--loglevel=error"], { env });
  } catch (error) {
    throw new SetupError(
      `The packages could not be installed (${error instanceof Error ? error.message : error}). npm's own words are above; \`npm ci\` repeats it.`,
    );
  } finally {
    clearInterval(ticker);
  }
  mkdirSync(path.dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, digest(LOCK));
  say(`packages installed in ${Math.round((Date.now() - began) / 1000)} s`);
  return true;
}

/**
 * Uses system programs where they are present, installs them through apt where the caller is root, and
 * otherwise reports what is missing with the command that would install it.
 * @param {string[]} names keys of {@link SYSTEM_PACKAGES}
 * @param {(line: string) => void} [say]
 * @returns {Promise<{ name: string, present: boolean, installed: boolean, command: string, why: string }[]>}
 */
export async function ensureSystemPackages(names, say = (line) => console.log(line)) {
  const missing = names.filter((name) => !isPresent(name));
  const apt = missing.map((name) => packageOf(name).apt);
  const installed = new Set();
  if (missing.length > 0 && process.getuid?.() === 0 && findOnPath("apt-get")) {
    say(`installing ${apt.join(", ")} through apt …`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const quiet = { env, quiet: true, timeoutMs: 300_000 };
    try {
      await run("apt-get", ["update", "-qq"], quiet);
      await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...apt], quiet);
      for (const name of missing) if (isPresent(name)) installed.add(name);
    } catch (error) {
      say(`  apt could not: ${error instanceof Error ? error.message : error}`);
    }
  }
  return names.map((name) => {
    const present = isPresent(name);
    const { apt: wanted, for: purpose } = packageOf(name);
    return {
      name,
      present,
      installed: installed.has(name),
      command: `sudo apt-get install -y ${wanted}`,
      why: present ? "" : `${name} is missing (${purpose})`,
    };
  });
}

/** @param {string} name */
function packageOf(name) {
  const known = SYSTEM_PACKAGES[name];
  if (!known) throw new Error(`${name} is not a system package that this project knows; see SYSTEM_PACKAGES.`);
  return known;
}

const isPresent = (/** @type {string} */ name) =>
  packageOf(name).commands.some((command) => findOnPath(command) !== undefined);

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean, timeoutMs?: number }} [options] quiet keeps its output back unless it fails
 * @returns {Promise<void>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: options.env ?? process.env,
      stdio: ["ignore", options.quiet ? "pipe" : "inherit", options.quiet ? "pipe" : "inherit"],
      timeout: options.timeoutMs,
    });
    let tail = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => (tail = (tail + chunk).slice(-2000)));
    child.on("error", reject);
    child.on("close", (code, signal) =>
      code === 0
        ? resolve()
        : reject(
            new Error(`${program} ${args[0] ?? ""} ended with ${signal ?? code}${tail ? `: ${tail.trim()}` : ""}`),
          ),
    );
  });
}

/** The Node 24 of node_modules; @returns {string} */
export function node24() {
  return path.join(ROOT, "node_modules", ".bin", "node");
}

/**
 * Goes on under Node 24 when this is an older one: runs the same script again and ends with its exit code.
 * Returns only where this Node will do.
 * @param {string} script
 */
export async function continueUnderNode24(script) {
  if (Number(process.versions.node.split(".")[0]) >= 24) return;
  if (spawnSync(node24(), ["--version"]).status !== 0)
    throw new SetupError(
      "Node 24 was installed but does not run here. Is this platform supported by the npm package `node`? Put a Node 24 first on the PATH instead.",
    );
  const child = spawn(node24(), [script, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  // The terminal sends Ctrl-C to both; other signals reach this process alone. The child ends when our end of the channel closes.
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => {});
  const code = await new Promise((resolve) =>
    child.on("exit", (status, signal) => resolve(status ?? (signal === "SIGINT" ? 130 : 1))),
  );
  process.exit(code);
}
