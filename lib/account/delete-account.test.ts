import { beforeEach, expect, it, vi } from "vitest";
import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import { deleteAccount } from "./delete-account";

const happened: string[] = [];
let refusal: Error | null = null;
let github: "well" | "away" = "well";

vi.mock("./github-connection", () => ({
  githubGrant: async () => ({ token: "gho_1", scopes: [] }),
}));
vi.mock("./store", () => ({
  deleteOwnAccount: async () => {
    if (refusal) throw refusal;
    happened.push("account deleted");
  },
}));
vi.mock("@/lib/platform/access-cache/access-cache", () => ({
  forgetAccess: async () => void happened.push("cache dropped"),
}));
vi.mock("@/lib/platform/github/client", () => ({
  endGrant: async (token: string) => {
    if (github === "away") throw new Error("GitHub answered 503 to ending a grant");
    happened.push(`grant of ${token} ended`);
  },
}));
vi.mock("@/lib/platform/telemetry/log", () => ({
  log: { warn: (_: unknown, words: string) => happened.push(`warned: ${words}`) },
}));

const deletion = { userId: "u", email: "ada@example.test", confirmEmail: " ADA@example.test " };
const db = {} as Db;

beforeEach(() => {
  happened.length = 0;
  refusal = null;
  github = "well";
});

it("ends GitHub's grant after the account is gone", async () => {
  await deleteAccount(db, deletion);
  expect(happened).toEqual(["account deleted", "cache dropped", "grant of gho_1 ended"]);
});

it("changes nothing when it is refused", async () => {
  refusal = new AppError("conflict", "You are the last operator.");
  await expect(deleteAccount(db, deletion)).rejects.toBe(refusal);
  expect(happened).toEqual([]);
  await expect(deleteAccount(db, { ...deletion, confirmEmail: "other@example.test" })).rejects.toThrow("Nothing was");
  expect(happened).toEqual([]);
});

it("is done although GitHub is away, and leaves word of it", async () => {
  github = "away";
  await deleteAccount(db, deletion);
  expect(happened).toEqual([
    "account deleted",
    "cache dropped",
    "warned: GitHub's grant outlives the account; its token is deleted",
  ]);
});
