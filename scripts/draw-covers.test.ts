import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { COVERS } from "@/lib/giving/campaign/rules";
import { COVER_FOLDER, coverFile } from "./draw-covers";

it.each(COVERS)("the file of the cover %s is what is drawn today", async (cover) => {
  expect(await readFile(path.join(COVER_FOLDER, `${cover}.svg`), "utf8")).toBe(coverFile(cover));
});
