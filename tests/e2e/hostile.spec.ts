import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import { SERVER } from "../../scripts/build.ts";
import { withinOneWindow } from "../support/limit-window.ts";
import { apiOf } from "./client.ts";
import { expect, test } from "./fixtures.ts";
import { type Product, startProduct } from "./product.ts";

/** What strangers send to the running product; on a product of this file's own, whose limits nobody else uses up. */

test.setTimeout(150_000);
test.use({
  baseURL: async ({}, use) => {
    await use(origin);
  },
});

let product: Product;
let origin: string;
let api: ReturnType<typeof apiOf>;

test.beforeAll(async () => {
  product = await startProduct(["--no-build"]); // The setup of the whole run has built it.
  const { env } = await product.status();
  origin = env["APP_URL"] ?? "";
  api = apiOf(origin);
});
test.afterAll(() => product?.stop());

const PROTECTED = ["/settings", "/learn", "/learn/repositories", "/notifications", "/onboarding", "/admin"];

test("a forged x-middleware-subrequest opens no page and no call", async () => {
  const forged = ["middleware", "src/middleware", "proxy", "src/proxy"].flatMap((name) => [
    name,
    Array<string>(5).fill(name).join(":"),
  ]);
  for (const value of forged) {
    const headers = { "x-middleware-subrequest": value };
    for (const page of PROTECTED) {
      const answer = await api.call(page, { headers });
      expect([page, value, answer.status]).toEqual([page, value, 307]);
      expect(new URL(answer.headers.get("location") ?? "", origin).pathname).toBe("/login");
    }
    expect((await api.call("/api/v1/me", { headers })).status).toBe(401);
  }
});

test("ten megabytes are refused before they have been sent", async () => {
  const chunk = Buffer.alloc(64 * 1024, "a");
  const size = 10 * 1024 * 1024;
  const { status, sent, body } = await new Promise<{ status: number; sent: number; body: string }>(
    (resolve, reject) => {
      let sentBytes = 0;
      const upload = request(`${origin}/api/v1/users/register`, {
        method: "POST",
        headers: { "content-type": "application/json", "content-length": size },
      });
      const send = () => {
        while (sentBytes < size) {
          sentBytes += chunk.length;
          if (!upload.write(chunk)) return void upload.once("drain", send);
        }
        upload.end();
      };
      upload.once("response", (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, sent: sentBytes, body: text }));
      });
      upload.once("error", reject);
      send();
    },
  );
  expect(status).toBe(413);
  expect(JSON.parse(body)).toMatchObject({ code: "payload_too_large", status: 413 });
  expect(sent).toBeLessThan(size);
  expect((await api.call("/api/health")).status).toBe(200);
});

test("what cannot be read is refused with the place of the fault", async () => {
  const register = (raw: string, headers = {}) => api.call("/api/v1/users/register", { method: "POST", raw, headers });
  const person = { email: "ada@devmentor.test", password: "four quiet brown owls", displayName: "Ada" };

  for (const raw of ['{"email"', "", "\u0000", "nonsense"]) {
    const answer = await register(raw);
    expect([raw, answer.status, answer.headers.get("content-type")]).toEqual([raw, 400, "application/problem+json"]);
  }
  const unknown = await register(JSON.stringify({ ...person, role: "operator" }));
  expect(unknown.status).toBe(400);
  expect(unknown.body["errors"]).toEqual([expect.objectContaining({ path: "role" })]);
  const mistyped = await register(JSON.stringify({ ...person, displayName: { first: "Ada" } }));
  expect(mistyped.status).toBe(400);
  expect(mistyped.body["errors"]).toEqual([expect.objectContaining({ path: "displayName" })]);
  expect((await register("email=ada", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(415);
  expect((await api.call("/api/v1/nowhere")).status).toBe(404);
});

test("a token that is expired, altered or of another's making opens nothing", async () => {
  const { token } = await api.signUp();
  const { jwtSecret } = JSON.parse(await readFile(path.join(product.stateDir, "secrets.json"), "utf8")) as {
    jwtSecret: string;
  };
  const [head = "", payload = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const sign = (value: unknown, secret: string) => {
    const body = `${head}.${encode(value)}`;
    return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
  };
  // The very way of forging makes a good token of good claims, else the refusals would prove nothing.
  expect((await api.call("/api/v1/me", { token: sign(claims, jwtSecret) })).status).toBe(200);
  const forged = {
    expired: sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }, jwtSecret),
    "for somebody else": `${head}.${encode({ ...claims, sub: randomUUID() })}.${signature}`,
    "raised to the service": `${head}.${encode({ ...claims, role: "service_role" })}.${signature}`,
    "signed by another": sign(claims, "another secret of thirty-two chars"),
    unsigned: `${encode({ alg: "none", typ: "JWT" })}.${payload}.`,
    "no token": "nonsense",
  };
  for (const [name, bad] of Object.entries(forged)) {
    const answer = await api.call("/api/v1/me", { token: bad });
    expect([name, answer.status, answer.body["code"]]).toEqual([name, 401, "unauthenticated"]);
  }
});

test("a sign-in with a forged state, an unknown code or another's address ends on our sign-in page", async () => {
  const { env } = await product.status();
  const supabase = env["SUPABASE_URL"] ?? "";
  const follow = async (url: string) => {
    const answer = await fetch(url, { redirect: "manual" });
    return new URL(answer.headers.get("location") ?? "", url);
  };
  const forged = await follow(`${supabase}/auth/v1/callback?code=abc&state=${randomUUID()}`);
  expect(forged.origin).toBe(origin);
  const explained = await follow((await follow(forged.href)).href);
  expect(explained.href).toBe(`${origin}/login?problem=state`);
  expect((await follow(`${origin}/auth/callback?code=${randomUUID()}`)).href).toBe(`${origin}/login?problem=used`);

  // Auth itself must not take people to a host that is not ours, with a code in the address.
  for (const elsewhere of ["https://evil.test/", "http://localhost.evil.test/", "//evil.test"]) {
    const consent = await follow(
      `${supabase}/auth/v1/authorize?provider=github&redirect_to=${encodeURIComponent(elsewhere)}`,
    );
    const back = await fetch(new URL("/login/oauth/callback", consent), {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({
        login: "octo-learner",
        redirect_uri: consent.searchParams.get("redirect_uri") ?? "",
        scope: consent.searchParams.get("scope") ?? "",
        state: consent.searchParams.get("state") ?? "",
        client_id: consent.searchParams.get("client_id") ?? "",
      }),
    });
    const ending = await follow(back.headers.get("location") ?? "");
    expect([elsewhere, ending.origin]).toEqual([elsewhere, origin]);
  }
});

test("next=<another host> leads to our own pages", async ({ page }) => {
  const { email } = await api.signUp();
  await page.goto("/login?next=https%3A%2F%2Fevil.test%2F");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("four quiet brown owls");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => url.pathname !== "/login");
  expect(new URL(page.url()).origin).toBe(origin);
});

test("forged address headers do not move a limit", async () => {
  const { port } = new URL(origin);
  const statuses: number[] = [];
  await withinOneWindow(3600);
  // More than the policy lets through (password-reset-ip: 20 an hour), each for another account and "from" elsewhere.
  for (let n = 0; n < 23; n += 1) {
    const answer = await api.call("/api/v1/users/password-reset", {
      method: "POST",
      json: { email: `nobody-${randomUUID()}@devmentor.test` },
      headers: {
        "x-devmentor-socket-address": `198.51.100.${n}`,
        "X-DevMentor-Socket-Address": `198.51.100.${n}`,
        "x-forwarded-for": `203.0.113.${n}`,
        "x-real-ip": `203.0.113.${n}`,
        forwarded: `for=203.0.113.${n};host=127.0.0.1:${port}`,
        "cf-connecting-ip": `203.0.113.${n}`,
      },
    });
    statuses.push(answer.status);
  }
  expect(statuses).toEqual([...Array<number>(20).fill(202), ...Array<number>(3).fill(429)]);
});

test.describe("the server", () => {
  async function boots(env: Record<string, string | undefined>): Promise<{ code: number | null; said: string }> {
    const child = spawn(process.execPath, [SERVER], {
      env: { PATH: process.env["PATH"], NODE_ENV: "production", PORT: "0", HOSTNAME: "127.0.0.1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, said };
  }

  test("does not start without its environment, and names every variable and what it is for", async () => {
    const { code, said } = await boots({});
    expect(code).toBe(1);
    for (const line of [
      "APP_URL is missing. Public origin of this application",
      "SUPABASE_URL is missing. Supabase project URL",
      "UPSTASH_REDIS_REST_TOKEN is missing. Upstash Redis REST token",
      "INNGEST_SIGNING_KEY is missing. Inngest signing key",
      "TOKEN_ENCRYPTION_KEY is missing. 32 random bytes in base64",
    ])
      expect(said).toContain(line);
    expect(said).toContain(".env.example");
  });

  test("does not start with a malformed one, and repeats no value", async () => {
    const { env } = await product.status();
    const { code, said } = await boots({
      ...env,
      SUPABASE_URL: "ftp://example.org",
      TOKEN_ENCRYPTION_KEY: "too-short",
    });
    expect(code).toBe(1);
    expect(said).toContain("SUPABASE_URL is malformed");
    expect(said).toContain("TOKEN_ENCRYPTION_KEY is malformed");
    expect(said).toContain("encrypts GitHub tokens at rest");
    expect(said).not.toContain("too-short");
    expect(said).not.toContain("APP_URL is");
  });
});
