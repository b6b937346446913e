import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guardedFetch } from "@/lib/platform/resilience/fetch";
import { POLICIES } from "@/lib/platform/resilience/policies";
import { Resilience } from "@/lib/platform/resilience/resilience";
import { cdnTags, deliveryHeaders, nextCdn, tagsToPurge } from "./cdn";
import { cloudflareCdn } from "./cloudflare";
import { invalidationSchema } from "./invalidation";

const page = { cache: "campaign", key: "clean water", tags: ["campaigns"] } as const;

describe("tags", () => {
  it("let each invalidation find the answers it concerns", () => {
    const found = (named: object) =>
      tagsToPurge(invalidationSchema.parse(named)).some((tag) => cdnTags(page).includes(tag));
    expect(found({ keys: [{ cache: "campaign", key: "clean water" }] })).toBe(true);
    expect(found({ tags: ["campaigns"] })).toBe(true);
    expect(found({ patterns: [{ cache: "campaign", pattern: "clean*" }] })).toBe(true);
    expect(found({ keys: [{ cache: "campaign", key: "other" }] })).toBe(false);
    expect(found({ patterns: [{ cache: "track", pattern: "*" }] })).toBe(false);
  });

  it("fit a header", () => {
    expect(cdnTags(page)).toEqual(["campaign", "campaign:clean%20water", "campaigns"]);
    expect(
      cdnTags({ ...page, key: "é,".repeat(500) }).every(
        (tag) => /^[\x21-\x7e]{1,256}$/.test(tag) && !tag.includes(","),
      ),
    ).toBe(true);
  });
});

describe("deliveryHeaders", () => {
  it("lets the CDN keep it a day, and the browser ask each time", () => {
    const headers = deliveryHeaders(page, { value: 1, from: "source", ageMs: 0, stale: false });
    expect(headers["CDN-Cache-Control"]).toContain("max-age=86400");
    expect(headers["Cache-Control"]).toBe("public, max-age=0, must-revalidate");
    expect(headers["Cache-Tag"]).toBe("campaign,campaign:clean%20water,campaigns");
  });

  it("says that a value is stale and how old, and keeps it off the CDN", () => {
    const headers = deliveryHeaders(page, { value: 1, from: "redis", ageMs: 90_500, stale: true });
    expect(headers).toMatchObject({ Warning: '110 - "Response is Stale"', Age: "90", "CDN-Cache-Control": "no-store" });
  });

  it("keeps what is one person's off every shared cache", () => {
    const headers = deliveryHeaders(
      { cache: "profile", key: "1", tags: [] },
      { value: 1, from: "source", ageMs: 0, stale: false },
    );
    expect(headers).toEqual({ "Cache-Control": "private, no-store" });
  });
});

describe("nextCdn", () => {
  it("revalidates each tag at once", async () => {
    const seen: unknown[] = [];
    await nextCdn((tag, profile) => seen.push([tag, profile])).invalidate(
      invalidationSchema.parse({ tags: ["a", "b"] }),
    );
    expect(seen).toEqual([
      ["a", { expire: 0 }],
      ["b", { expire: 0 }],
    ]);
  });
});

describe("cloudflareCdn", () => {
  let server: Server;
  let url: string;
  let requests: { path: string; authorization: string | undefined; tags: string[] }[];
  let answers: { status: number; body: string }[];

  beforeEach(async () => {
    requests = [];
    answers = [];
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const { tags } = JSON.parse(body) as { tags: string[] };
        requests.push({ path: `${request.method} ${request.url}`, authorization: request.headers.authorization, tags });
        const { status, body: answer } = answers.shift() ?? {
          status: 200,
          body: '{"success":true,"errors":[],"messages":[],"result":{"id":"z"}}',
        };
        response.writeHead(status, { "Content-Type": "application/json" }).end(answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const cdn = () => {
    const guards = new Resilience({ ...POLICIES, cdn: { ...POLICIES.cdn, firstDelayMs: 5 } }, () => "UTC");
    return cloudflareCdn({
      apiUrl: url,
      zoneId: "zone1",
      apiToken: "secret",
      fetch: guardedFetch("cdn", { guards, repeatable: true }),
    });
  };

  it("purges by tag, thirty at a time, with the token", async () => {
    const tags = Array.from({ length: 70 }, (_, n) => `t${n}`);
    await cdn().invalidate(invalidationSchema.parse({ tags }));
    expect(requests.map(({ path }) => path)).toEqual(
      Array.from({ length: 3 }, () => "POST /client/v4/zones/zone1/purge_cache"),
    );
    expect(requests.map((request) => request.tags.length)).toEqual([30, 30, 10]);
    expect(requests.flatMap((request) => request.tags)).toEqual(tags);
    expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer secret"]));
  });

  it("repeats what may pass", async () => {
    answers = [
      { status: 502, body: "bad gateway" },
      { status: 429, body: '{"success":false,"errors":[{"code":10429,"message":"slow down"}]}' },
    ];
    await cdn().invalidate(invalidationSchema.parse({ tags: ["a"] }));
    expect(requests).toHaveLength(3);
  });

  it.each([
    [
      403,
      '{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}',
      "HTTP 403): 10000 Authentication error",
    ],
    [
      200,
      '{"success":false,"errors":[{"code":1107,"message":"Only enterprise zones can purge by tag."}]}',
      "1107 Only enterprise",
    ],
    [200, "<html>", "<html>"],
  ])("says why it was not done (%i %s)", async (status, body, message) => {
    answers = [{ status, body }];
    await expect(cdn().invalidate(invalidationSchema.parse({ tags: ["a"] }))).rejects.toThrow(message);
  });
});
