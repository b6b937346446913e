import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { configuredChallenge, passesChallenge } from "@/lib/platform/challenge/challenge";
import { useProductEnv } from "../../support/product-env.ts";

/** Stands in for Cloudflare's siteverify as its documentation describes it: a form in, a token good for one use. */
const used = new Set<string>();
const heard: URLSearchParams[] = [];
let mode: "well" | "broken" | "nonsense" = "well";
const cloudflare = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    heard.push(form);
    const answer = (status: number, body: string) =>
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    if (mode === "broken") return void answer(500, "<html>");
    if (mode === "nonsense") return void answer(200, JSON.stringify({ ok: 1 }));
    const token = form.get("response") ?? "";
    const codes: string[] = [];
    if (request.headers["content-type"] !== "application/x-www-form-urlencoded;charset=UTF-8")
      codes.push("bad-request");
    if (form.get("secret") !== "1x-secret") codes.push("invalid-input-secret");
    if (!token.startsWith("person-")) codes.push("invalid-input-response");
    if (used.has(token)) codes.push("timeout-or-duplicate");
    used.add(token);
    answer(200, JSON.stringify({ success: codes.length === 0, "error-codes": codes }));
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => cloudflare.listen(0, "127.0.0.1", resolve));
});
useProductEnv({
  further: () => ({
    TURNSTILE_SITE_KEY: "1x-site",
    TURNSTILE_SECRET_KEY: "1x-secret",
    TURNSTILE_VERIFY_URL: `http://127.0.0.1:${(cloudflare.address() as AddressInfo).port}/turnstile/v0/siteverify`,
  }),
});
beforeEach(() => {
  mode = "well";
  heard.length = 0;
});
afterAll(async () => {
  await new Promise((resolve) => cloudflare.close(resolve));
});

it("says what a browser needs", () => {
  expect(configuredChallenge()).toEqual({ kind: "turnstile", siteKey: "1x-site" });
});

it("lets a person pass once, and tells Cloudflare whose answer it is", async () => {
  expect(await passesChallenge("person-1", "203.0.113.7")).toBe(true);
  expect(Object.fromEntries(heard[0] ?? [])).toEqual({
    secret: "1x-secret",
    response: "person-1",
    remoteip: "203.0.113.7",
  });
  expect(await passesChallenge("person-1", "203.0.113.7")).toBe(false);
});

it("lets no machine pass, nor anybody while Cloudflare is broken", async () => {
  expect(await passesChallenge("robot", "2001:db8::/64")).toBe(false);
  expect(heard[0]?.has("remoteip")).toBe(false);
  mode = "broken";
  expect(await passesChallenge("person-2", "unknown")).toBe(false);
  mode = "nonsense";
  expect(await passesChallenge("person-3", "unknown")).toBe(false);
});
