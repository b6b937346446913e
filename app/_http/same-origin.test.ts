import { beforeEach, describe, expect, it, vi } from "vitest";
import { requireSameOrigin } from "./same-origin";

const env = vi.hoisted(() => ({ APP_URL: "" }));
vi.mock("@/lib/env/server", () => ({ serverEnv: () => env }));

const from = (origin?: string) =>
  new Request("http://127.0.0.1:3000/api", { method: "POST", headers: origin ? { origin } : {} });

describe("requireSameOrigin", () => {
  beforeEach(() => {
    env.APP_URL = "http://127.0.0.1:3000";
  });

  it.each(["http://127.0.0.1:3000", "http://localhost:3000"])("lets our own page at %s through", (origin) => {
    expect(() => requireSameOrigin(from(origin), true)).not.toThrow();
  });

  it.each([
    "http://localhost:4000",
    "https://localhost:3000",
    "http://localhost.attacker.example:3000",
    "http://127.0.0.1.attacker.example:3000",
    "https://attacker.example",
    "null",
  ])("refuses %s", (origin) => {
    expect(() => requireSameOrigin(from(origin), true)).toThrow("must come from our own pages");
    expect(() => requireSameOrigin(from(origin), false)).toThrow("must come from our own pages");
  });

  it("does not take a name of this machine for a site elsewhere", () => {
    env.APP_URL = "https://devmentor.example";
    expect(() => requireSameOrigin(from("http://localhost:3000"), true)).toThrow("must come from our own pages");
    expect(() => requireSameOrigin(from("https://devmentor.example"), true)).not.toThrow();
  });

  it("wants an Origin from whoever carries a session, and only from those", () => {
    expect(() => requireSameOrigin(from(), true)).toThrow("must come from our own pages");
    expect(() => requireSameOrigin(from(), false)).not.toThrow();
  });
});
