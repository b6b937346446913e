/** Lines at each end of a file in which a modeline counts. */
const SCOPE = 5;
/** A longer line is data; a modeline stands in a comment. */
const LINE_CHARACTERS = 500;

/** @returns the first or last lines of a text, each cut to a bounded length. */
export function linesAtEnds(text: string): { readonly first: string[]; readonly last: string[] } {
  const first: string[] = [];
  for (let start = 0; first.length < SCOPE && start < text.length;) {
    const end = text.indexOf("\n", start);
    const stop = end === -1 ? text.length : end;
    first.push(text.slice(start, Math.min(stop, start + LINE_CHARACTERS)).replace(/\r$/, ""));
    start = stop + 1;
  }
  const last: string[] = [];
  for (let end = text.endsWith("\n") ? text.length - 1 : text.length; last.length < SCOPE && end > 0;) {
    const newline = text.lastIndexOf("\n", end - 1);
    last.unshift(text.slice(Math.max(newline + 1, end - LINE_CHARACTERS), end).replace(/\r$/, ""));
    end = newline;
  }
  return { first, last };
}

/**
 * What an Emacs or Vim modeline in the first or last lines says that the file is, as Linguist reads them.
 * @returns the mode's name as it stands there
 */
export function modeOf(ends: { readonly first: readonly string[]; readonly last: readonly string[] }): string | null {
  if (ends.first.some((line) => line.includes("UseVimball"))) return null;
  const lines = [...ends.first, ...ends.last];
  for (const read of [emacsMode, vimMode]) {
    for (const line of lines) {
      const mode = read(line);
      if (mode) return mode;
    }
  }
  return null;
}

/** `-*- ruby -*-` or `-*- coding: utf-8; mode: ruby -*-`. */
function emacsMode(line: string): string | null {
  const start = line.indexOf("-*-");
  const end = start === -1 ? -1 : line.indexOf("-*-", start + 3);
  if (end === -1) return null;
  const inside = line.slice(start + 3, end);
  const bare = /^[ \t]*([^:;\s]+)[ \t]*$/.exec(inside);
  if (bare) return bare[1] ?? null;
  for (const part of inside.split(/[;]/)) {
    const mode = /(?:^|[ \t])mode[ \t]*:[ \t]*([^:;\s]+)/i.exec(part);
    if (mode) return mode[1] ?? null;
  }
  return null;
}

/** `vim: ft=ruby` or `vim: set ft=ruby :`. */
function vimMode(line: string): string | null {
  const lead = /(?:(?:^|[ \t])(?:vi|[vV]im(?:[<=>]?\d+)?)|[ \t]ex):/.exec(line);
  if (!lead) return null;
  let options = line.slice(lead.index + lead[0].length);
  const set = /^[ \t]*set?[ \t]/.exec(options);
  if (set) {
    const close = options.indexOf(":");
    if (close === -1) return null;
    options = options.slice(set[0].length, close);
  }
  for (const option of options.split(/[ \t:]+/)) {
    const mode = /^(?:filetype|ft|syntax)=(\w+)$/.exec(option);
    if (mode) return mode[1] ?? null;
  }
  return null;
}
