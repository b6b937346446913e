import { html, raw } from "hono/html";

export type Html = ReturnType<typeof html>;

/** The look of the stack's own pages. */
export const STYLE = `
:root { color-scheme: light dark;
  --paper: oklch(0.985 0.004 85); --surface: #fff; --ink: oklch(0.22 0.02 260); --muted: oklch(0.5 0.02 260); --line: oklch(0.91 0.006 85);
  --accent: oklch(0.52 0.19 272); --good: oklch(0.5 0.13 150); --bad: oklch(0.52 0.19 25); --wait: oklch(0.52 0.11 75); }
@media (prefers-color-scheme: dark) { :root {
  --paper: oklch(0.17 0.012 260); --surface: oklch(0.21 0.014 260); --ink: oklch(0.95 0.005 85); --muted: oklch(0.72 0.015 260); --line: oklch(0.3 0.014 260);
  --accent: oklch(0.76 0.12 272); --good: oklch(0.78 0.14 150); --bad: oklch(0.76 0.14 25); --wait: oklch(0.82 0.11 80); } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 ui-sans-serif, system-ui, sans-serif; }
header, main { max-width: 1040px; margin: 0 auto; padding: 16px; }
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: baseline; border-bottom: 1px solid var(--line); }
header strong { margin-right: auto; }
a { color: var(--accent); } a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
h1 { font-size: 25px; line-height: 1.2; margin: 16px 0 8px; overflow-wrap: anywhere; } h2 { font-size: 17px; margin: 28px 0 8px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 8px 12px; border-top: 1px solid var(--line); }
th { font-size: 13px; font-weight: 500; color: var(--muted); border-top: 0; white-space: nowrap; }
code, pre, textarea { font: 13px/1.5 ui-monospace, monospace; } code { overflow-wrap: anywhere; }
td code { overflow-wrap: break-word; }
pre { margin: 4px 0; padding: 12px; overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; max-height: 24rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0; } dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
.status { white-space: nowrap; font-weight: 600; } .completed { color: var(--good); } .failed { color: var(--bad); }
.queued, .running, .pending, .retrying { color: var(--wait); } .cancelled, .muted { color: var(--muted); }
form.inline { display: inline; } form.filter { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; margin: 8px 0 12px; }
label { display: grid; gap: 4px; font-size: 13px; color: var(--muted); }
button, select, input, textarea { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--muted); border-radius: 6px; padding: 6px 12px; max-width: 100%; }
button { cursor: pointer; } textarea { width: 100%; min-height: 9rem; font: 13px/1.5 ui-monospace, monospace; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.notice { border-left: 3px solid var(--bad); padding: 8px 12px; background: var(--surface); }
details summary { cursor: pointer; }
@media (max-width: 480px) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 8px; } th, td { padding: 8px; } }
`;

const SECTIONS = [
  ["/", "Runs"],
  ["/functions", "Functions"],
  ["/events", "Events"],
] as const;

/** A whole page. */
export function layout(title: string, at: string, body: Html | Promise<Html>): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="same-origin" />
        <title>${title} · Inngest executor</title>
        <link rel="icon" href="data:," />
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <strong>Inngest executor</strong>
          <nav aria-label="Sections">
            ${SECTIONS.map(([href, name]) => html`<a href="${href}" ${at === href ? raw('aria-current="page"') : ""}>${name}</a> &nbsp; `)}
          </nav>
        </header>
        <main>${body}</main>
      </body>
    </html>`;
}

/** A moment: how long ago, and exactly on hover. */
export function time(at: Date | null): Html {
  if (!at) return html`<span class="muted">–</span>`;
  const seconds = Math.round((Date.now() - at.getTime()) / 1_000);
  const size = Math.abs(seconds);
  const words =
    size < 60
      ? `${size} s`
      : size < 3_600
        ? `${Math.round(size / 60)} min`
        : size < 86_400
          ? `${Math.round(size / 3_600)} h`
          : `${Math.round(size / 86_400)} d`;
  return html`<time datetime="${at.toISOString()}" title="${at.toISOString()}"
    >${seconds >= 0 ? `${words} ago` : `in ${words}`}</time
  >`;
}

/** Time between two moments, in words. */
export function took(from: Date | null, to: Date | null): string {
  if (!from || !to) return "–";
  const ms = to.getTime() - from.getTime();
  return ms < 1_000
    ? `${ms} ms`
    : ms < 60_000
      ? `${(ms / 1_000).toFixed(1)} s`
      : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

export function status(value: string): Html {
  return html`<span class="status ${value}">${value}</span>`;
}

/** A JSON value, folded when it is long. */
export function json(value: unknown): Html {
  const text = JSON.stringify(value, null, 2) ?? "null";
  if (text.length <= 400) return html`<pre>${text}</pre>`;
  return html`<details>
    <summary>${text.length.toLocaleString("en")} characters</summary>
    <pre>${text.slice(0, 200_000)}</pre>
  </details>`;
}
