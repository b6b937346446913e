/**
 * First-load JavaScript of the landing page, against an empty Next app built in the same run with the
 * same Next, React and bundler: the gzip sizes of the scripts that each one's HTML names (`nomodule`
 * ones aside, which no browser of today loads). Fails when the landing page costs more than the budget.
 *
 *   npx tsx bench/first-load.ts            builds both
 *   npx tsx bench/first-load.ts --built    takes the product's build as it stands in .next
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const ROOT = path.join(import.meta.dirname, "..");
const BUDGET_BYTES = 30 * 1024;

interface Load {
  readonly scripts: readonly { readonly name: string; readonly gzipBytes: number }[];
  readonly externalBytes: number;
  /** Scripts written into the HTML itself: Next's page data and our first-paint script. */
  readonly inlineBytes: number;
}

/** Builds a Next app with this repository's Next. Throws with its output when that fails. */
function build(app: string): void {
  const next = path.join(ROOT, "node_modules/next/dist/bin/next");
  const run = spawnSync(process.execPath, [next, "build", app], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
  if (run.status !== 0) throw new Error(`next build of ${app} failed:\n${run.stdout}\n${run.stderr}`);
}

/** What a browser loads for a prerendered page of a build. */
function firstLoad(app: string, page: string): Load {
  const html = readFileSync(path.join(app, ".next/server/app", `${page}.html`), "utf8");
  const tags = [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)].map(([, attributes = "", body = ""]) => ({
    attributes,
    body,
  }));
  const names = new Set(
    tags
      .filter(({ attributes }) => !/\bnomodule\b/i.test(attributes))
      .flatMap(({ attributes }) => /\bsrc="([^"?]+)/.exec(attributes)?.[1] ?? []),
  );
  const scripts = [...names].map((name) => {
    const file = name.startsWith("/_next/")
      ? path.join(app, ".next", name.slice("/_next/".length))
      : path.join(app, "public", name);
    return { name, gzipBytes: gzipSync(readFileSync(file)).length };
  });
  if (scripts.length === 0)
    throw new Error(`${app}: the HTML of ${page} names no script, so there is nothing to measure.`);
  const inline = tags.filter(({ attributes }) => !attributes.includes("src=")).map(({ body }) => body);
  return {
    scripts,
    externalBytes: scripts.reduce((sum, script) => sum + script.gzipBytes, 0),
    inlineBytes: gzipSync(inline.join("\n")).length,
  };
}

/** The smallest Next app that renders a page. It lies inside the repository so that it finds the same packages. */
function writeEmptyApp(folder: string): void {
  const files: Readonly<Record<string, string>> = {
    "package.json": '{ "private": true, "type": "module" }\n',
    "next.config.mjs": `export default { turbopack: { root: ${JSON.stringify(ROOT)} }, outputFileTracingRoot: ${JSON.stringify(ROOT)} };\n`,
    "app/layout.jsx":
      'export default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
    "app/page.jsx": "export default function Page() {\n  return <p>Empty</p>;\n}\n",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`;

function main(): void {
  mkdirSync(path.join(ROOT, ".devstack"), { recursive: true });
  const folder = mkdtempSync(path.join(ROOT, ".devstack/empty-next-"));
  try {
    writeEmptyApp(folder);
    build(folder);
    if (!process.argv.includes("--built")) build(ROOT);
    const empty = firstLoad(folder, "index");
    const landing = firstLoad(ROOT, "index");
    const over = landing.externalBytes + landing.inlineBytes - empty.externalBytes - empty.inlineBytes;
    console.log(
      `empty Next app   ${kib(empty.externalBytes)} gzip in ${empty.scripts.length} scripts (+ ${kib(empty.inlineBytes)} inline)`,
    );
    console.log(
      `landing page     ${kib(landing.externalBytes)} gzip in ${landing.scripts.length} scripts (+ ${kib(landing.inlineBytes)} inline)`,
    );
    console.log(`difference       ${kib(over)} of ${kib(BUDGET_BYTES)} allowed, inline included`);
    for (const script of landing.scripts) console.log(`  ${kib(script.gzipBytes).padStart(9)}  ${script.name}`);
    if (over > BUDGET_BYTES) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
