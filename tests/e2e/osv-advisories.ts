import type { TestAdvisory } from "../support/osv.ts";

/** What the stand-in for OSV knows in browser tests: about packages that this project's own lockfile names. */
export function advisoriesAbout(lockfile: string): TestAdvisory[] {
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, { version?: string }> };
  const version = (name: string): string => {
    const found = packages[`node_modules/${name}`]?.version;
    if (!found) throw new Error(`The lockfile does not name ${name}.`);
    return found;
  };
  const next = (name: string): string => version(name).replace(/\d+$/, (last) => String(Number(last) + 1));
  return [
    {
      id: "GHSA-test-0000-0001",
      ecosystem: "npm",
      name: "zod",
      versions: [version("zod")],
      fixed: next("zod"),
      summary: "Made up for a test: a schema that accepts too much",
      aliases: ["CVE-2026-0000001"],
      rating: "HIGH",
    },
    {
      id: "GHSA-test-0000-0002",
      ecosystem: "npm",
      name: "pino",
      versions: [version("pino")],
      summary: "Made up for a test: a line too long",
      cvss3: "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:L",
    },
  ];
}
