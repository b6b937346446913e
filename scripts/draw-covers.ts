import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { CampaignCover } from "@/components/giving/cover";
import { COVERS, type Cover } from "@/lib/giving/campaign/rules";

export const COVER_FOLDER = path.resolve(import.meta.dirname, "../public/covers");

/** One of our drawings as a file: what `coverImage: "/covers/<name>.svg"` leads to outside of our own pages. */
export function coverFile(cover: Cover): string {
  const drawing = createElement(CampaignCover, { campaign: { slug: cover, coverImage: `/covers/${cover}.svg` } });
  return `${renderToStaticMarkup(drawing)
    .replace(/ class="[^"]*"/u, "")
    .replace(/ aria-hidden="true"/u, "")
    .replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`;
}

/** `npx tsx scripts/draw-covers.ts` writes them anew after a drawing was changed. */
export async function drawCovers(): Promise<void> {
  await mkdir(COVER_FOLDER, { recursive: true });
  for (const cover of COVERS) await writeFile(path.join(COVER_FOLDER, `${cover}.svg`), coverFile(cover));
}

if (process.argv[1] === import.meta.filename) await drawCovers();
