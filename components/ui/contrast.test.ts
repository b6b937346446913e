import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** WCAG 2.2 contrast of the colours in app/globals.css, in both themes. */
const css = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");

type Theme = "light" | "dark";

function luminance(value: string): number {
  const match = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(value);
  if (!match) throw new Error(`Not an opaque oklch colour: ${value}`);
  const [lightness, chroma, hue] = [Number(match[1]), Number(match[2]), (Number(match[3]) * Math.PI) / 180];
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  // Linear sRGB, clipped as a screen without wide gamut does.
  const clip = (part: number): number => Math.min(1, Math.max(0, part));
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function colour(name: string, theme: Theme): string {
  const match = new RegExp(`--color-${name}: light-dark\\((oklch\\([^)]*\\)), (oklch\\([^)]*\\))\\);`).exec(css);
  const value = match?.[theme === "light" ? 1 : 2];
  if (!value) throw new Error(`app/globals.css has no --color-${name} for both themes`);
  return value;
}

function contrast(one: string, other: string, theme: Theme): number {
  const [a, b] = [luminance(colour(one, theme)), luminance(colour(other, theme))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const TEXT: readonly (readonly [string, string])[] = [
  ...["paper", "surface", "sunk"].flatMap((ground) =>
    ["ink", "muted", "learning-ink", "giving-ink", "success", "warning", "danger", "info"].map(
      (text) => [text, ground] as const,
    ),
  ),
  ["on-learning", "learning"],
  ["on-giving", "giving"],
  ["on-danger", "danger-fill"],
  ["learning-ink", "learning-wash"],
  ["giving-ink", "giving-wash"],
  ...["success", "warning", "danger", "info"].flatMap((tone) => [
    [tone, `${tone}-wash`] as const,
    ["ink", `${tone}-wash`] as const,
  ]),
];

const PARTS: readonly (readonly [string, string])[] = ["paper", "surface"].flatMap((ground) =>
  ["control", "learning", "giving", "danger-fill"].map((part) => [part, ground] as const),
);

describe.each<Theme>(["light", "dark"])("in the %s theme", (theme) => {
  it.each(TEXT)("text in %s on %s has 4.5:1", (text, ground) => {
    expect(contrast(text, ground, theme)).toBeGreaterThanOrEqual(4.5);
  });
  it.each(PARTS)("a control in %s on %s has 3:1", (part, ground) => {
    expect(contrast(part, ground, theme)).toBeGreaterThanOrEqual(3);
  });
});

it("reckons contrast as WCAG does", () => {
  expect((luminance("oklch(1 0 0)") + 0.05) / (luminance("oklch(0 0 0)") + 0.05)).toBeCloseTo(21, 1);
});
