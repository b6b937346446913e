import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildEngine } from "./engine.ts";
import { ROOT } from "./install.mjs";
import { buildPython } from "./python.ts";

const NEXT = path.join(ROOT, ".next");
const STANDALONE = path.join(NEXT, "standalone");
const STAMP = path.join(NEXT, ".devmentor-build");

/** What goes into the build; a change anywhere else (tests, docs, the stack itself) needs none. */
const SOURCES = [
  "app",
  "components",
  "content",
  "inngest",
  "lib",
  "public",
  "proxy.ts",
  "instrumentation.ts",
  "instrumentation-client.ts",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

/** Entry of the built server. */
export const SERVER = path.join(STANDALONE, "server.js");

function filesIn(entry: string): string[] {
  const absolute = path.join(ROOT, entry);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [absolute];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !/\.test\.tsx?$/.test(file.name))
    .map((file) => path.join(file.parentPath, file.name))
    .sort();
}

/** One digest over names and contents of everything that goes into the build. */
function sourceDigest(): string {
  const hash = createHash("sha256").update(process.versions.node.split(".")[0] ?? "");
  for (const file of SOURCES.flatMap(filesIn))
    hash
      .update(`${path.relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex");
}

/** Whether the build that is there was made from the sources that are there. */
export function isBuilt(): boolean {
  return existsSync(SERVER) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === sourceDigest();
}

/**
 * Builds the standalone server and puts the static files beside it that Next leaves to others.
 * @param env what the application will run with
 * @param logFile where Next's output goes
 * @throws Error with the end of that output when the build fails or `signal` ends it
 */
export async function build(
  env: Readonly<Record<string, string>>,
  logFile: string,
  signal: AbortSignal,
): Promise<void> {
  const digest = sourceDigest();
  rmSync(STAMP, { force: true });
  rmSync(STANDALONE, { recursive: true, force: true });
  await runNext(env, logFile, signal);
  for (const [from, to] of [
    [path.join(ROOT, "public"), path.join(STANDALONE, "public")],
    [path.join(NEXT, "static"), path.join(STANDALONE, ".next", "static")],
    [path.join(ROOT, "content"), path.join(STANDALONE, "content")],
  ] as const) {
    if (existsSync(from)) cpSync(from, to, { recursive: true });
  }
  await buildEngine(path.join(STANDALONE, ".engine"));
  await buildPython(path.join(STANDALONE, "public", "python"));
  mkdirSync(path.dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, digest);
}

function runNext(env: Readonly<Record<string, string>>, logFile: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(ROOT, "node_modules", "next", "dist", "bin", "next"), "build"], {
      cwd: ROOT,
      env: { ...process.env, ...env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      signal,
      killSignal: "SIGKILL",
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      writeFileSync(logFile, text);
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `The application could not be built. The end of ${logFile}:\n${text.split("\n").slice(-30).join("\n")}`,
          ),
        );
    });
  });
}
