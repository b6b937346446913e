import "server-only";
import { FURTHER_FONTS, fontBytes, OWN_FONTS, type Weight } from "./fonts";

interface Style {
  readonly size: number;
  readonly weight: Weight;
  readonly color: string;
  readonly width: number;
  readonly align: "left" | "right";
  readonly lineGap: number;
}

/** Signs of one font that stand beside each other. */
interface Run {
  readonly font: string;
  readonly text: string;
  readonly width: number;
}

interface Word {
  readonly runs: readonly Run[];
  readonly width: number;
  readonly direction: "ltr" | "rtl" | "neutral";
  /** How far it stands from the word before it on its line. */
  readonly gap: number;
}

/** Drawn for a sign that no font here has; the paper then says what it stands for. */
export const STANDS_FOR_MISSING = "\u25A1";

const RTL = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const LETTER = /\p{L}/u;
/** What joins or varies the sign before it and is nothing by itself. */
const JOINERS = /[\p{Variation_Selector}\p{Join_Control}]/gu;
const SIGNS = new Intl.Segmenter("und", { granularity: "grapheme" });
const signsOf = (text: string): string[] => [...SIGNS.segment(text)].map(({ segment }) => segment);

/**
 * Writes text into a PDF whatever its script: our own font where it has every sign, else the further ones by sign, in lines
 * broken at spaces or, where a word is wider than the line, between signs. Right-to-left words run from the right.
 */
export class Lettering {
  readonly #pdf: PDFKit.PDFDocument;
  readonly #known = new Set<string>();
  #missing = false;

  constructor(pdf: PDFKit.PDFDocument) {
    this.#pdf = pdf;
    for (const [name, file] of Object.entries(OWN_FONTS)) pdf.registerFont(name, file);
  }

  /** Whether something was written for which no font had a sign. */
  get missing(): boolean {
    return this.#missing;
  }

  /** Writes at (x, y), the upper left corner; afterwards the document's y is below the text. */
  write(text: string, x: number, y: number, style: Style): void {
    const pdf = this.#pdf;
    const { size, weight, color, width, align, lineGap } = style;
    pdf.font(weight).fontSize(size).fillColor(color);
    if (this.#has(weight, text)) {
      pdf.text(text, x, y, { width, align, lineGap });
      return;
    }
    const lineHeight = pdf.currentLineHeight(true) + lineGap;
    const space = pdf.widthOfString(" ");
    const base = firstDirection(text);
    let top = y;
    for (const line of this.#lines(text, style, space)) {
      const wide = line.reduce((sum, word, index) => sum + word.width + (index > 0 ? word.gap : 0), 0);
      let at = align === "right" ? x + width - wide : x;
      for (const [index, word] of inOrder(line, base).entries()) {
        if (index > 0) at += word.gap;
        for (const run of word.direction === "rtl" ? word.runs.toReversed() : word.runs) {
          // All fonts on one line: by the height of our own letters, not of each font's.
          pdf
            .font(run.font)
            .fontSize(size)
            .text(run.text, at, top + size * 0.92, { lineBreak: false, baseline: "alphabetic" });
          at += run.width;
        }
      }
      top += lineHeight;
    }
    pdf.font(weight);
    pdf.x = x;
    pdf.y = top;
  }

  #lines(text: string, style: Style, space: number): Word[][] {
    const lines: Word[][] = [];
    let line: Word[] = [];
    let left = style.width;
    const words = text.split(/\s+/u).filter(Boolean);
    for (const word of words.flatMap((each) => this.#fitting(each, style, space))) {
      if (line.length > 0 && word.width + word.gap > left) {
        lines.push(line);
        [line, left] = [[], style.width];
      }
      left -= word.width + (line.length > 0 ? word.gap : 0);
      line.push(word);
    }
    return [...lines, line];
  }

  /** A word, or the signs of one that is wider than a line: scripts without spaces are one long word. */
  #fitting(text: string, style: Style, space: number): Word[] {
    const whole = this.#word(text, style, space);
    if (whole.width <= style.width) return [whole];
    return signsOf(text).map((sign, index) => this.#word(sign, style, index === 0 ? space : 0));
  }

  #word(text: string, { size, weight }: Style, gap: number): Word {
    const runs: { font: string; text: string }[] = [];
    for (const sign of signsOf(text)) {
      const run = this.#placed(sign, weight);
      const last = runs.at(-1);
      if (last?.font === run.font) last.text += run.text;
      else runs.push(run);
    }
    const measured = runs.map((run) => {
      const shown = isPlain(run.font) && RTL.test(run.text) ? signsOf(run.text).toReversed().join("") : run.text;
      return { font: run.font, text: shown, width: this.#pdf.font(run.font).fontSize(size).widthOfString(shown) };
    });
    return {
      runs: measured,
      width: measured.reduce((sum, { width }) => sum + width, 0),
      direction: firstDirection(text),
      gap,
    };
  }

  /** Which font draws a sign, and how it is written there. */
  #placed(sign: string, weight: Weight): { font: string; text: string } {
    if (this.#has(weight, sign)) return { font: weight, text: sign };
    const bare = sign.replace(JOINERS, "");
    for (const further of FURTHER_FONTS) {
      this.#open(further);
      if (this.#has(further.name, bare)) return { font: further.name, text: further.shapes ? sign : bare };
    }
    this.#missing = true;
    return { font: FURTHER_FONTS.at(-1)?.name ?? weight, text: STANDS_FOR_MISSING };
  }

  #open(further: (typeof FURTHER_FONTS)[number]): void {
    if (this.#known.has(further.name)) return;
    this.#known.add(further.name);
    this.#pdf.registerFont(further.name, fontBytes(further));
  }

  /** Whether a font has every sign of a text. pdfkit draws an empty box for one that it lacks, and does not say so. */
  #has(name: string, text: string): boolean {
    const { font } = (this.#pdf.font(name) as unknown as { readonly _font: { readonly font: FontFile } })._font;
    return [...text].every((sign) => font.hasGlyphForCodePoint(sign.codePointAt(0) ?? 0));
  }
}

/** What pdfkit knows of a font file. */
interface FontFile {
  hasGlyphForCodePoint(codePoint: number): boolean;
}

const isPlain = (name: string): boolean => FURTHER_FONTS.some((further) => further.name === name && !further.shapes);

function firstDirection(text: string): Word["direction"] {
  for (const sign of text) {
    if (RTL.test(sign)) return "rtl";
    if (LETTER.test(sign)) return "ltr";
  }
  return "neutral";
}

/** A line's words from left to right: those that run against the line's direction are turned round as groups. */
function inOrder(line: readonly Word[], base: Word["direction"]): readonly Word[] {
  const [along, against] = base === "rtl" ? (["rtl", "ltr"] as const) : (["ltr", "rtl"] as const);
  const placed: Word[] = [];
  for (let at = 0; at < line.length;) {
    let end = at;
    if (line[at]?.direction === against)
      for (let next = at + 1; next < line.length && line[next]?.direction !== along; next += 1)
        if (line[next]?.direction === against) end = next;
    placed.push(...line.slice(at, end + 1).toReversed());
    at = end + 1;
  }
  return base === "rtl" ? placed.toReversed() : placed;
}
