import "server-only";
import PDFDocument from "pdfkit";
import { OWN_FONTS, type Weight } from "./fonts";
import { Lettering, STANDS_FOR_MISSING } from "./lettering";

const INK = "#181c24";
const MUTED = "#5c626d";
const LINE = "#d9d6d1";
const ACCENT = "#b3492c";
const LEFT = 56;
const RIGHT = 539;
const WIDTH = RIGHT - LEFT;

export interface SheetColumn {
  readonly title: string;
  /** Share of the width, all together 1. */
  readonly share: number;
  readonly align?: "right";
}

/** One sheet of ours: a letter head, facts, a table, small print. A4, the fonts in it, text as text. */
export class Sheet {
  readonly #pdf: PDFKit.PDFDocument;
  readonly #lettering: Lettering;
  readonly #done: Promise<Buffer>;

  /** @param title stands at the head and in the file's own properties */
  constructor(title: string, subtitle: string) {
    const pdf = new PDFDocument({
      size: "A4",
      margins: { top: 56, bottom: 64, left: LEFT, right: 595 - RIGHT },
      // Without a font of ours pdfkit would look for one of its own, which knows no names beyond Latin.
      font: OWN_FONTS.regular,
      info: { Title: title, Author: "CareForAll", Producer: "DevMentor" },
      lang: "en-GB",
      displayTitle: true,
    });
    this.#pdf = pdf;
    this.#done = new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      pdf.on("data", (part: Buffer) => parts.push(part));
      pdf.on("end", () => resolve(Buffer.concat(parts)));
      pdf.on("error", reject);
    });
    this.#lettering = new Lettering(pdf);
    pdf.rect(LEFT, 58, 14, 14).fill(ACCENT);
    this.#write("CareForAll", { size: 11, font: "semibold", x: LEFT + 22, y: 58 });
    this.#write(title, { size: 22, font: "semibold", y: 104 });
    this.#write(subtitle, { size: 11, color: MUTED });
    pdf.moveDown(1.2);
  }

  /** Pairs, one a line. */
  facts(facts: readonly { readonly label: string; readonly value: string }[]): this {
    const pdf = this.#pdf;
    for (const { label, value } of facts) {
      this.#room(40);
      const y = pdf.y + 6;
      this.#write(label, { size: 10, color: MUTED, y, width: 150 });
      this.#write(value, { size: 10.5, y, x: LEFT + 160, width: WIDTH - 160 });
      this.#rule(pdf.y + 6);
    }
    pdf.moveDown(1);
    return this;
  }

  table(columns: readonly SheetColumn[], rows: readonly (readonly string[])[]): this {
    const pdf = this.#pdf;
    const line = (cells: readonly string[], font: Weight, color: string): void => {
      this.#room(44);
      const y = pdf.y + 6;
      let x = LEFT;
      let bottom = y;
      columns.forEach(({ share, align }, at) => {
        const width = WIDTH * share - 8;
        this.#write(cells[at] ?? "", { size: 9.5, font, color, x, y, width, ...(align ? { align } : {}) });
        bottom = Math.max(bottom, pdf.y);
        x += WIDTH * share;
      });
      pdf.y = bottom;
      this.#rule(bottom + 5);
    };
    line(
      columns.map(({ title }) => title),
      "regular",
      MUTED,
    );
    for (const row of rows) line(row, "regular", INK);
    pdf.moveDown(0.8);
    return this;
  }

  heading(text: string): this {
    this.#room(60);
    this.#write(text, { size: 13, font: "semibold" });
    this.#pdf.moveDown(0.2);
    return this;
  }

  small(text: string): this {
    this.#room(50);
    this.#write(text, { size: 9, color: MUTED });
    this.#pdf.moveDown(0.5);
    return this;
  }

  /** Ends the sheet. @returns the PDF's bytes */
  async end(): Promise<Buffer> {
    if (this.#lettering.missing)
      this.small(
        `${STANDS_FOR_MISSING} stands for a sign that this paper has no letter for. Your gift’s page on our site shows it.`,
      );
    this.#pdf.end();
    return this.#done;
  }

  #room(points: number): void {
    if (this.#pdf.y + points > this.#pdf.page.height - this.#pdf.page.margins.bottom) this.#pdf.addPage();
  }

  #rule(y: number): void {
    this.#pdf.moveTo(LEFT, y).lineTo(RIGHT, y).lineWidth(0.6).strokeColor(LINE).stroke();
    this.#pdf.y = y;
  }

  #write(
    text: string,
    at: {
      readonly size: number;
      readonly font?: Weight;
      readonly color?: string;
      readonly x?: number;
      readonly y?: number;
      readonly width?: number;
      readonly align?: "right";
    },
  ): void {
    this.#lettering.write(printable(text), at.x ?? LEFT, at.y ?? this.#pdf.y, {
      size: at.size,
      weight: at.font ?? "regular",
      color: at.color ?? INK,
      width: at.width ?? WIDTH,
      align: at.align ?? "left",
      lineGap: 2,
    });
  }
}

/** Control characters, and the marks that turn text round, have no place on paper. */
function printable(text: string): string {
  return text.normalize("NFC").replaceAll(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, " ");
}
