/** One cell: text, a number, or nothing. */
export type CsvCell = string | number | null;

/**
 * Rows as CSV (RFC 4180) that spreadsheets open: UTF-8 with a byte order mark, CRLF, quoted where needed. Text that a
 * spreadsheet would take for a formula gets an apostrophe in front, so that what a donor typed is never run.
 */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return `\uFEFF${[header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

function cell(value: CsvCell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  // Leading blanks are skipped by spreadsheets before they look for a formula. A plain number may bear its minus.
  const formula = /^\s*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u.test(value) && !/^-?\d+(?:\.\d+)?$/u.test(value);
  const text = formula ? `'${value}` : value;
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
