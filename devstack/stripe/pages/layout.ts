import { html, raw } from "hono/html";
import { type Html, STYLE } from "../../inngest/pages/layout.ts";

const SECTIONS = [
  ["/dashboard", "Payments"],
  ["/dashboard/events", "Events"],
  ["/dashboard/webhooks", "Webhooks"],
  ["/dashboard/faults", "Faults"],
  ["/dashboard/clock", "Clock and balance"],
  ["/dashboard/requests", "Requests"],
] as const;

const OWN = `
.succeeded, .delivered, .won, .paid { color: var(--good); } .failed, .lost, .dropped, .requires_payment_method { color: var(--bad); }
.requires_capture, .requires_action, .requires_confirmation, .processing, .in_transit, .needs_response, .under_review, .warning_needs_response, .warning_under_review, .appeal_needs_response, .appeal_under_review { color: var(--wait); }
.canceled, .prevented, .warning_closed { color: var(--muted); }
.actions { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; margin: 8px 0; } td.number { text-align: right; white-space: nowrap; }
.banner { border-left: 3px solid var(--wait); padding: 8px 12px; background: var(--surface); }
nav a, li a { display: inline-block; padding: 4px 0; max-width: 100%; overflow-wrap: anywhere; }
pre { max-width: 100%; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; } dl > *, main > *, .actions > * { min-width: 0; max-width: 100%; }
dd, p, code, td { overflow-wrap: anywhere; } input, select { max-width: 100%; }
fieldset { border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; margin: 12px 0; background: var(--surface); } legend { font-weight: 600; padding: 0 4px; }
`;

/** A whole page of the dashboard. */
export function layout(title: string, at: string, body: Html | Promise<Html>, banner: Html | null): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Stripe emulator</title>
        <link rel="icon" href="data:," />
        <style>
          ${raw(STYLE + OWN)}
        </style>
      </head>
      <body>
        <header>
          <strong>Stripe emulator</strong>
          <nav aria-label="Sections">
            ${SECTIONS.map(([href, name]) => html`<a href="${href}" ${at === href ? raw('aria-current="page"') : ""}>${name}</a> &nbsp; `)}
          </nav>
        </header>
        <main>${banner ?? ""}${body}</main>
      </body>
    </html>`;
}

/** What a form sends beside what people type: `n:` is a number, `b:` yes or no, `s:` text. */
export type FormValue = readonly [name: `${"b" | "n" | "s"}:${string}`, value: boolean | number | string];

/** A button that calls the control API and comes back. */
export function action(label: string, path: string, back: string, values: readonly FormValue[] = []): Html {
  return html`<form class="inline" method="post" action="/dashboard/do">
    <input type="hidden" name="control" value="${path}" />
    <input type="hidden" name="back" value="${back}" />
    ${values.map(([name, value]) => html`<input type="hidden" name="${name}" value="${String(value)}" />`)}
    <button>${label}</button>
  </form>`;
}

/** A form of the control API with fields of its own. */
export function form(label: string, path: string, back: string, fields: Html): Html {
  return html`<form class="actions" method="post" action="/dashboard/do">
    <input type="hidden" name="control" value="${path}" />
    <input type="hidden" name="back" value="${back}" />
    ${fields}<button>${label}</button>
  </form>`;
}

/** A table in a region that scrolls by itself on a narrow screen. */
export function table(label: string, heads: readonly string[], rows: readonly Html[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th>${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
