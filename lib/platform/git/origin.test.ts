import { describe, expect, it } from "vitest";
import { checkCloneUrl, checkOrigin } from "./origin";

const policy = { allowedHosts: ["github.com", "gitlab.com"] };
const resolvingTo = (...addresses: string[]) => ({ ...policy, resolve: () => Promise.resolve(addresses) });

describe("checkCloneUrl", () => {
  it.each([
    ["", "repository_url_invalid"],
    ["owner/name", "repository_url_invalid"],
    ["ssh://git@github.com/a/b", "repository_url_invalid"],
    ["git@github.com:a/b.git", "repository_url_invalid"],
    ["file:///etc/passwd", "repository_url_invalid"],
    ["ext::sh -c id", "repository_url_invalid"],
    ["git://github.com/a/b", "repository_url_invalid"],
    ["http://github.com/a/b", "repository_url_invalid"],
    ["https://github.com:8443/a/b", "repository_url_invalid"],
    ["https://user:pass@github.com/a/b", "repository_url_invalid"],
    ["https://token@github.com/a/b", "repository_url_invalid"],
    ["https://github.com/a/b?x=1", "repository_url_invalid"],
    ["https://github.com/a/b#x", "repository_url_invalid"],
    ["https://github.com\\@evil.test/a/b", "repository_url_invalid"],
    ["https://github.com/a/b\n--upload-pack=id", "repository_url_invalid"],
    [`https://github.com/${"a".repeat(600)}`, "repository_url_invalid"],
    ["https://evil.test/a/b", "host_not_allowed"],
    ["https://github.com.evil.test/a/b", "host_not_allowed"],
    ["https://github.com./a/b", "host_not_allowed"],
    ["https://127.0.0.1/a/b", "host_not_allowed"],
    ["https://2130706433/a/b", "host_not_allowed"],
    ["https://[::ffff:127.0.0.1]/a/b", "host_not_allowed"],
    ["https://[::1]/a/b", "host_not_allowed"],
    ["https://metadata.google.internal/a/b", "host_not_allowed"],
    ["http://127.0.0.1:54340/a/b", "host_not_allowed"],
  ])("refuses %j", (raw, code) => {
    expect(() => checkCloneUrl(raw, policy)).toThrowError(expect.objectContaining({ code }));
  });

  it("takes an allowed host whatever its case", () => {
    expect(checkCloneUrl("https://GitHub.com/a/b", policy).hostname).toBe("github.com");
  });

  it("takes the extra origin exactly, not its neighbours", () => {
    const extra = { ...policy, extraOrigin: "http://127.0.0.1:54340" };
    expect(checkCloneUrl("http://127.0.0.1:54340/a/b", extra).port).toBe("54340");
    for (const other of ["http://127.0.0.1:54341/a/b", "http://localhost:54340/a/b", "https://127.0.0.1:54340/a/b"]) {
      expect(() => checkCloneUrl(other, extra)).toThrowError(expect.objectContaining({ code: "host_not_allowed" }));
    }
  });
});

describe("checkOrigin", () => {
  it("pins the address that was checked", async () => {
    const checked = await checkOrigin("https://github.com/a/b", resolvingTo("140.82.121.4"));
    expect(checked.pin).toBe("github.com:443:140.82.121.4");
  });

  it("pins IPv6 in brackets when there is no IPv4", async () => {
    const checked = await checkOrigin("https://github.com/a/b", resolvingTo("2606:50c0:8000::153"));
    expect(checked.pin).toBe("github.com:443:[2606:50c0:8000::153]");
  });

  it.each([["127.0.0.1"], ["169.254.169.254"], ["::ffff:10.0.0.1"], ["::1"]])(
    "refuses a name that leads to %s",
    async (address) => {
      await expect(checkOrigin("https://github.com/a/b", resolvingTo(address))).rejects.toMatchObject({
        code: "host_not_allowed",
      });
    },
  );

  it("refuses a name with one private address among public ones", async () => {
    await expect(checkOrigin("https://github.com/a/b", resolvingTo("140.82.121.4", "10.0.0.1"))).rejects.toMatchObject({
      code: "host_not_allowed",
    });
  });

  it("refuses a name without any address", async () => {
    await expect(checkOrigin("https://github.com/a/b", resolvingTo())).rejects.toMatchObject({
      code: "host_not_allowed",
    });
  });

  it("says that the name cannot be found when the resolver fails", async () => {
    const failing = { ...policy, resolve: () => Promise.reject(new Error("ENOTFOUND")) };
    await expect(checkOrigin("https://github.com/a/b", failing)).rejects.toMatchObject({
      code: "provider_unavailable",
    });
  });
});
