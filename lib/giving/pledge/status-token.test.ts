import { expect, test, vi } from "vitest";

vi.mock("@/lib/env/server", () => ({ serverEnv: () => ({ LINK_SIGNING_KEY: "k".repeat(32) }) }));
const { opensPledge, statusToken } = await import("./status-token");

test("a token opens its own pledge and no other", () => {
  const id = "0a1b2c3d-0000-4000-8000-00000000000a";
  expect(opensPledge(id, statusToken(id.toUpperCase()))).toBe(true);
  expect(opensPledge("0a1b2c3d-0000-4000-8000-00000000000b", statusToken(id))).toBe(false);
  for (const wrong of [null, "", "x", `${statusToken(id)}x`, statusToken(id).slice(1)])
    expect(opensPledge(id, wrong)).toBe(false);
});
