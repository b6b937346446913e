import { formatShare } from "../rules";
import type { BadgeRow } from "./store";

const LABEL = "DevMentor";
/** Of Verdana 11 px, which badges are drawn with, on average; the SVG stretches the text to fit. */
const CHARACTER_PX = 6.6;
const PADDING_PX = 10;
const LANGUAGES_SHOWN = 2;

/** The badge of a repository as SVG: its main languages, or that nobody shares it. Holds nothing else. */
export function badgeSvg(row: BadgeRow | null): string {
  const top = (row?.languages ?? [])
    .flatMap(({ name, share }) => (share === null ? [] : [{ name, share }]))
    .toSorted((one, other) => other.share - one.share)
    .slice(0, LANGUAGES_SHOWN);
  const words =
    row === null
      ? "not shared"
      : top.length === 0
        ? "no code"
        : top.map(({ name, share }) => `${name} ${formatShare(share)}`).join(" · ");
  const [left, right] = [widthOf(LABEL), widthOf(words)];
  const fill = row === null ? "#5f6470" : "#3f4ac2";
  const text = (value: string, from: number, width: number): string =>
    `<text x="${from + width / 2}" y="14" textLength="${width - 2 * PADDING_PX}" lengthAdjust="spacingAndGlyphs">${escapeXml(value)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${escapeXml(`${LABEL}: ${words}`)}">`,
    `<title>${escapeXml(`${LABEL}: ${words}`)}</title>`,
    `<clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#2b2e36"/><rect x="${left}" width="${right}" height="20" fill="${fill}"/></g>`,
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">${text(LABEL, 0, left)}${text(words, left, right)}</g>`,
    "</svg>",
  ].join("");
}

function widthOf(words: string): number {
  return Math.round(words.length * CHARACTER_PX + 2 * PADDING_PX);
}

function escapeXml(value: string): string {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
