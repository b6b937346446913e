import "server-only";
import { readFileSync } from "node:fs";
import path from "node:path";
import { inflateSync } from "node:zlib";

const PACKAGES = path.join(process.cwd(), "node_modules");

/** Our own letters: Latin, Cyrillic and what goes with them. */
export const OWN_FONTS = {
  regular: path.join(PACKAGES, "geist/dist/fonts/geist-sans/Geist-Regular.ttf"),
  semibold: path.join(PACKAGES, "geist/dist/fonts/geist-sans/Geist-SemiBold.ttf"),
} as const;
export type Weight = keyof typeof OWN_FONTS;

interface FurtherFont {
  readonly name: string;
  readonly file: string;
  /** Whether it has rules by which letters join and change places; without them each stands as it is drawn. */
  readonly shapes: boolean;
}

/**
 * What is asked, in this order, for a sign that our own letters lack. The last has nearly every script there is, one
 * drawing for each sign (GNU Unifont); before it stand those whose script is not legible without its rules.
 */
export const FURTHER_FONTS: readonly FurtherFont[] = [
  {
    name: "arabic",
    file: "@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-400-normal.woff",
    shapes: true,
  },
  {
    name: "devanagari",
    file: "@fontsource/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-400-normal.woff",
    shapes: true,
  },
  { name: "any", file: "@fontsource/unifontex/files/unifontex-latin-400-normal.woff", shapes: false },
];

const unpacked = new Map<string, Buffer>();

/** A further font's bytes, read once a process, and only where a name asks for it. */
export function fontBytes({ name, file }: FurtherFont): Buffer {
  const known = unpacked.get(name);
  if (known) return known;
  const bytes = unpackWoff(readFileSync(path.join(PACKAGES, file)));
  unpacked.set(name, bytes);
  return bytes;
}

const WOFF_HEADER = 44;
const WOFF_ENTRY = 20;
const SFNT_HEADER = 12;
const SFNT_ENTRY = 16;

/**
 * A WOFF 1.0 file as the plain font inside it (W3C WOFF, sections 3 to 5). pdfkit reads WOFF too, but inflates a whole
 * table for each letter.
 */
function unpackWoff(woff: Buffer): Buffer {
  const tables = woff.readUInt16BE(12);
  const head = Buffer.alloc(SFNT_HEADER + SFNT_ENTRY * tables);
  const power = Math.floor(Math.log2(tables));
  head.writeUInt32BE(woff.readUInt32BE(4), 0);
  head.writeUInt16BE(tables, 4);
  head.writeUInt16BE(SFNT_ENTRY * 2 ** power, 6);
  head.writeUInt16BE(power, 8);
  head.writeUInt16BE(SFNT_ENTRY * (tables - 2 ** power), 10);
  const parts: Buffer[] = [head];
  let at = head.length;
  for (let index = 0; index < tables; index += 1) {
    const entry = WOFF_HEADER + WOFF_ENTRY * index;
    const [offset, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(entry + field)) as [
      number,
      number,
      number,
    ];
    const table = woff.subarray(offset, offset + packed);
    const target = SFNT_HEADER + SFNT_ENTRY * index;
    woff.copy(head, target, entry, entry + 4);
    head.writeUInt32BE(woff.readUInt32BE(entry + 16), target + 4);
    head.writeUInt32BE(at, target + 8);
    head.writeUInt32BE(length, target + 12);
    const padding = Buffer.alloc((4 - (length % 4)) % 4);
    parts.push(packed < length ? inflateSync(table) : table, padding);
    at += length + padding.length;
  }
  return Buffer.concat(parts);
}
