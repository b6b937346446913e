import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Scratch } from "./scratch.ts";

let outside: string;
let scratch: Scratch;

beforeEach(() => {
  outside = mkdtempSync(path.join(tmpdir(), "devmentor-outside-"));
  scratch = openScratch(outside);
});
afterEach(() => {
  scratch.remove();
  rmSync(outside, { recursive: true, force: true });
});

function cluster(name: string, origin: string): string {
  const folder = path.join(outside, name);
  mkdirSync(path.join(folder, "data"), { recursive: true });
  writeFileSync(path.join(folder, "origin"), origin);
  return folder;
}

test("a run that leaves nothing has no leftovers, whatever tools and other runs keep", () => {
  mkdirSync(path.join(scratch.temporary, "tsx-0"));
  mkdirSync(path.join(scratch.temporary, "devmentor-git-0")); // Empty.
  const foreign = cluster("devmentor-postgres-1", "/tmp/devmentor-run-of-another/tmp/devmentor-test-1/data");
  expect(scratch.takeLeftovers()).toEqual([]);
  expect(existsSync(foreign)).toBe(true);
});

test("a folder and a cluster that had to lie elsewhere are named, and removed", () => {
  const folder = path.join(scratch.temporary, "devmentor-test-1");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "row"), "1");
  const elsewhere = cluster("devmentor-postgres-2", path.join(folder, "data"));
  expect(scratch.takeLeftovers()).toEqual([folder, elsewhere]);
  expect([folder, elsewhere].filter((each) => existsSync(each))).toEqual([]);
  expect(scratch.takeLeftovers()).toEqual([]);
});

test("nothing stays of the scratch itself", () => {
  scratch.remove();
  expect(existsSync(scratch.folder)).toBe(false);
});
