import { html } from "hono/html";
import type { EventSummary, Page } from "../queries.ts";
import type { RegisteredFunction } from "../registration.ts";
import type { RegisteredApp } from "../registry.ts";
import type { AppState } from "../sync.ts";
import { json, time, type Html } from "./layout.ts";

function triggers(fn: RegisteredFunction): Html[] {
  return [
    ...fn.eventTriggers.map(
      (trigger) =>
        html`<div>
          <code>${trigger.event}</code>${trigger.condition ? html` if <code>${trigger.condition}</code>` : ""}
        </div>`,
    ),
    ...fn.crons.map((cron) => html`<div>cron <code>${cron}</code></div>`),
  ];
}

function settings(fn: RegisteredFunction): string {
  return [
    `${fn.maxAttempts} attempts`,
    ...fn.concurrency.map((limit) => `at most ${limit.limit} at once${limit.key ? ` per ${limit.key}` : ""}`),
    ...(fn.batch ? [`batches of ${fn.batch.maxSize} within ${fn.batch.timeoutMs / 1_000} s`] : []),
    ...fn.cancelOn.map((cancel) => `cancelled by ${cancel.event}`),
    ...(fn.idempotency ? [`once a day per ${fn.idempotency}`] : []),
  ].join(", ");
}

/** Apps and what they registered. */
export function functionsPage(
  functions: readonly RegisteredFunction[],
  apps: readonly RegisteredApp[],
  listed: readonly AppState[],
): Html {
  return html`<h1>Functions</h1>
    ${listed.filter((app) => !app.ok).map((app) => html`<p class="notice"><strong>${app.url}</strong><br />${app.message}</p>`)}
    <p>
      ${apps.map((app) => html`App <strong>${app.id}</strong> at <code>${app.url}</code>, synced ${time(app.syncedAt)}. `)}
    </p>
    ${listed.length > 0 ? html`<form method="post" action="/functions/sync"><button>Sync now</button></form>` : ""}
    ${
      functions.length === 0
        ? html`<p class="muted">
            No functions yet. An app registers its functions when its serve endpoint is asked with PUT.
          </p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Functions">
            <table>
              <thead>
                <tr>
                  <th>Function</th>
                  <th>Triggers</th>
                  <th>Settings</th>
                  <th>Runs</th>
                </tr>
              </thead>
              <tbody>
                ${functions.map(
                  (fn) =>
                    html`<tr>
                      <td>${fn.name}<br /><code class="muted">${fn.id}</code></td>
                      <td>${triggers(fn)}</td>
                      <td>${settings(fn)}</td>
                      <td><a href="/?function=${encodeURIComponent(fn.id)}">Runs</a></td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }`;
}

/** Events as they came, and a form to send one. */
export function eventsPage(
  page: Page<EventSummary>,
  names: readonly string[],
  draft: string,
  problem: string | null,
): Html {
  return html`<h1>Events</h1>
    ${problem ? html`<p class="notice" role="alert">${problem}</p>` : ""}
    <details ${problem ? "open" : ""}>
      <summary>Send an event</summary>
      <form method="post" action="/events">
        <label
          >Event as JSON; triggers: ${names.join(", ") || "none"}<textarea name="event" spellcheck="false">
${draft}</textarea>
        </label>
        <p><button>Send</button></p>
      </form>
    </details>
    <h2>Received</h2>
    ${
      page.items.length === 0
        ? html`<p class="muted">No events yet.</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Events">
            <table>
              <thead>
                <tr>
                  <th>Event</th>
                  <th>Received</th>
                  <th>Id</th>
                  <th>Payload</th>
                </tr>
              </thead>
              <tbody>
                ${page.items.map(
                  (event) =>
                    html`<tr>
                      <td><code>${event.name}</code></td>
                      <td>${time(event.receivedAt)}</td>
                      <td>
                        <a href="/?event=${encodeURIComponent(event.id)}"
                          ><code>${event.externalId ?? event.id}</code></a
                        >
                      </td>
                      <td>${json(event.payload)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
    ${page.next ? html`<p><a href="/events?before=${page.next}">Older events</a></p>` : ""}`;
}
