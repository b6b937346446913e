import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { scanClone } from "@/lib/analysis/scan/scan-clone";
import { cloneBare, resolveRemoteCommit } from "@/lib/platform/git/clone";
import { checkOrigin, type OriginPolicy } from "@/lib/platform/git/origin";
import { withWorkspace } from "@/lib/platform/git/workspace";
import { startGitHost, type GitHost } from "./git-host";
import { processesNaming } from "./hostile-repositories";

let host: GitHost;
let root: string;
beforeAll(async () => {
  host = await startGitHost();
  root = mkdtempSync(path.join(tmpdir(), "devmentor-hostile-"));
});
afterEach(() => {
  host.misbehave(null);
  expect(readdirSync(root)).toEqual([]);
});
afterAll(async () => {
  rmSync(root, { recursive: true, force: true });
  await host.close();
});

const target = async (url: string, origin = host.origin) => ({
  origin: await checkOrigin(url, { allowedHosts: [], extraOrigin: origin }),
});
const clone = async (url: string, origin = host.origin) =>
  withWorkspace(async (folder) => cloneBare(folder, await target(url, origin)), root);

/** A host that answers as told, for as long as the test runs. @returns its origin */
async function strangeHost(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("addresses", () => {
  const policy: OriginPolicy = { allowedHosts: ["github.com"], resolve: () => Promise.resolve(["140.82.121.4"]) };

  it.each([
    "ext::sh -c id",
    "file:///etc/passwd",
    "/etc/passwd",
    "ssh://git@github.com/a/b",
    "git@github.com:a/b.git",
    "git://github.com/a/b",
    "https://user:secret@github.com/a/b",
    "https://github.com@127.0.0.1/a/b",
    "https://2130706433/a/b",
    "https://0x7f.1/a/b",
    "https://127.1/a/b",
    "https://[::ffff:127.0.0.1]/a/b",
    "https://[::1]/a/b",
    "https://github.com.evil.test/a/b",
    "https://github.com:8443/a/b",
    "http://github.com/a/b",
    "https://github.com/a/b?x=--upload-pack",
  ])("%s is refused before anything is asked", async (address) => {
    await expect(checkOrigin(address, policy)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:repository_url_invalid|host_not_allowed)$/) as string,
    });
  });

  it.each([["127.0.0.1"], ["169.254.169.254"], ["::ffff:10.0.0.1"], ["140.82.121.4", "10.0.0.1"]])(
    "a host that leads to %s is refused, and one that leads to the public internet is pinned there",
    async (...addresses) => {
      const resolve = vi.fn<(name: string) => Promise<string[]>>(() => Promise.resolve(addresses));
      await expect(checkOrigin("https://github.com/a/b", { ...policy, resolve })).rejects.toMatchObject({
        code: "host_not_allowed",
      });
      // Rebinding: the name is resolved once, and git connects to that address whatever the name says later.
      expect(resolve).toHaveBeenCalledTimes(1);
      expect((await checkOrigin("https://github.com/a/b", policy)).pin).toBe("github.com:443:140.82.121.4");
    },
  );
});

describe("a host that does not behave", () => {
  it("is given up when it hangs, and its processes with it", async () => {
    host.misbehave("hang");
    await expect(clone(host.add("hangs", { a: "1" }))).rejects.toMatchObject({ code: "provider_unavailable" });
    await expect.poll(() => processesNaming("octo/hangs"), { timeout: 20_000 }).toEqual([]);
  });

  it("is given up when it trickles", async () => {
    const origin = await strangeHost((response) => {
      response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
      const timer = setInterval(() => response.write("0"), 300);
      response.once("close", () => clearInterval(timer));
    });
    await expect(resolveRemoteCommit(await target(`${origin}/octo/trickle`, origin))).rejects.toMatchObject({
      code: "provider_unavailable",
    });
    await expect.poll(() => processesNaming("octo/trickle"), { timeout: 20_000 }).toEqual([]);
  });

  it("is given up when its list of refs never ends", async () => {
    const line = `${"a".repeat(40)} refs/heads/${"x".repeat(200)}\n`;
    const packet = `${(line.length + 4).toString(16).padStart(4, "0")}${line}`.repeat(100);
    const origin = await strangeHost((response) => {
      response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
      response.write("001e# service=git-upload-pack\n0000");
      const pour = (): void => {
        while (response.writable && response.write(packet)) continue;
      };
      response.on("drain", pour);
      pour();
    });
    await expect(resolveRemoteCommit(await target(`${origin}/octo/endless`, origin))).rejects.toThrow(/./);
    await expect.poll(() => processesNaming("octo/endless"), { timeout: 20_000 }).toEqual([]);
  });

  it("that is down opens its breaker, which says so without asking, and closes again when it is back", async () => {
    const url = host.add("breaker", { a: "1" });
    host.misbehave("refuse");
    for (let n = 0; n < 5; n += 1)
      await expect(resolveRemoteCommit(await target(url))).rejects.toMatchObject({ code: "provider_unavailable" });
    const asked = host.requests.length;
    await expect(resolveRemoteCommit(await target(url))).rejects.toMatchObject({
      code: "provider_unavailable",
      message: expect.stringContaining("has not been answering") as string,
    });
    expect(host.requests).toHaveLength(asked);
    host.misbehave(null);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    onTestFinished(() => void vi.useRealTimers());
    for (let n = 0; n < 4; n += 1) expect(await resolveRemoteCommit(await target(url))).toMatch(/^[0-9a-f]{40}$/);
  });
});

describe("a repository out of the ordinary", () => {
  it("with 50,000 refs is cloned by the one that was asked for", async () => {
    const url = host.add("refs50k", { "a.ts": "export {};\n" });
    const commit = host.git("refs50k", ["rev-parse", "main"]);
    const refs = Array.from({ length: 50_000 }, (_, n) => `create refs/heads/b${n} ${commit}\n`).join("");
    host.git("refs50k", ["update-ref", "--stdin"], refs);
    host.git("refs50k", ["pack-refs", "--all"]);
    expect(await clone(url)).toMatchObject({ commit, ref: "main" });
  });

  it("whose HEAD is missing, or that is empty, has nothing to analyse", async () => {
    const url = host.add("headless", { a: "1" });
    host.git("headless", ["symbolic-ref", "HEAD", "refs/heads/gone"]);
    for (const address of [url, host.add("void2", {})]) {
      await expect(resolveRemoteCommit(await target(address))).rejects.toMatchObject({ code: "rule_broken" });
      await expect(clone(address)).rejects.toMatchObject({ code: "rule_broken" });
    }
  });

  it("with SHA-256 object names is read like any other", async () => {
    host.git("sha256", ["init", "--quiet", "--bare", "--object-format=sha256", "--initial-branch=main"]);
    host.git("sha256", ["config", "uploadpack.allowFilter", "true"]);
    const blob = host.git("sha256", ["hash-object", "-w", "--stdin"], "export const a = 1;\n");
    const tree = host.git("sha256", ["mktree"], `100644 blob ${blob}\ta.ts\n`);
    host.git("sha256", ["update-ref", "refs/heads/main", host.git("sha256", ["commit-tree", tree, "-m", "x"])]);
    await withWorkspace(async (folder) => {
      const bare = await cloneBare(folder, await target(`${host.origin}/octo/sha256`));
      expect(bare.commit).toMatch(/^[0-9a-f]{64}$/);
      const names: string[] = [];
      await scanClone(bare, {
        onFound: (finding) => {
          if (finding.type === "languages") names.push(...finding.found.languages.map(({ name }) => name));
        },
      });
      expect(names).toEqual(["TypeScript"]);
    }, root);
  });
});

describe("kill -9", () => {
  it.each(["clone", "languages", "patterns"] as const)(
    "of the child after %s ends the scan with a reason",
    async (phase) => {
      const url = host.add(`killed-${phase}`, { "a.ts": "export const a = 1;\n" });
      await withWorkspace(async (folder) => {
        const bare = await cloneBare(folder, await target(url));
        const scan = scanClone(bare, {
          onFound: (finding) => {
            if (finding.type === phase) for (const pid of children()) process.kill(pid, "SIGKILL");
          },
        });
        // What it had said by then was whole; after its last word nothing is missing.
        const outcome = await scan.then(
          () => "done",
          (error: unknown) => (error instanceof Error ? error.name : "?"),
        );
        expect(["done", "ScanFailed"]).toContain(outcome);
        expect(children()).toEqual([]);
      }, root);
    },
  );
});

/** The children of this process that read a repository. */
function children(): number[] {
  return execFileSync("ps", ["-o", "pid,args", "--ppid", String(process.pid)])
    .toString("utf8")
    .split("\n")
    .flatMap((line) => (line.includes("analysis.mjs") ? [Number(line.trim().split(" ")[0])] : []));
}
