import type Stripe from "stripe";
import { html } from "hono/html";
import { type Html, json, status, time } from "../../inngest/pages/layout.ts";
import { clockNow, type Parts } from "../control.ts";
import { missing } from "../errors.ts";
import { show } from "../money.ts";
import { balance } from "../resources/balance.ts";
import { action, form, table } from "./layout.ts";

const at = (ms: number): Html =>
  html`<time datetime="${new Date(ms).toISOString()}"
    >${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}</time
  >`;

export function eventsPage({ world }: Parts, before: string | undefined): Html {
  const page = world.store.page<{ id: string; object: "event"; created: number; type: string }>(
    "event",
    {},
    { limit: 50, starting_after: before },
  );
  const events = page?.data ?? [];
  const last = events.at(-1);
  return html`<h1>Events</h1>
    ${
      events.length === 0
        ? html`<p class="muted">No events yet. Each change of an object makes one.</p>`
        : table(
            "Events",
            ["Event", "At", "Id", ""],
            events.map(
              (event) =>
                html`<tr>
                  <td>${event.type}</td>
                  <td>${time(new Date(event.created * 1_000))}</td>
                  <td>
                    <a href="/dashboard/events/${event.id}"><code>${event.id}</code></a>
                  </td>
                  <td>${action("Resend", `events/${event.id}/resend`, "/dashboard/events")}</td>
                </tr>`,
            ),
          )
    }
    ${page?.has_more && last ? html`<p><a href="/dashboard/events?before=${last.id}">Older events</a></p>` : ""}`;
}

function deliveriesTable({ webhooks }: Parts, event: string | undefined, back: string): Html {
  const deliveries = webhooks.list({ event });
  if (deliveries.length === 0) return html`<p class="muted">Nothing was to be delivered.</p>`;
  return table(
    "Deliveries",
    ["State", "Event", "Attempts", "Last answer", "Next attempt", ""],
    deliveries.map(
      (delivery) =>
        html`<tr>
          <td>${status(delivery.state)}</td>
          <td>
            <a href="/dashboard/events/${delivery.event_id}"><code>${delivery.event_id}</code></a>
          </td>
          <td class="number">${delivery.attempts}</td>
          <td>${delivery.last_error ?? delivery.last_status ?? "–"}</td>
          <td>${delivery.state === "pending" ? at(delivery.due_at) : "–"}</td>
          <td>${action("Send now", `deliveries/${delivery.id}/send`, back)}</td>
        </tr>`,
    ),
  );
}

export function eventPage(parts: Parts, id: string): Html {
  const event = parts.world.store.find<{ id: string; object: "event"; created: number }>("event", id);
  if (!event) throw missing("event", id, "id", 404);
  const shown = event as unknown as Stripe.Event;
  const back = `/dashboard/events/${id}`;
  return html`<h1>${shown.type}</h1>
    <p>${action("Resend", `events/${id}/resend`, back)}</p>
    <h2>Deliveries</h2>
    ${deliveriesTable(parts, id, back)}
    <h2>Event</h2>
    ${json(shown)}`;
}

export function webhooksPage(parts: Parts): Html {
  const back = "/dashboard/webhooks";
  const { webhooks } = parts;
  return html`<h1>Webhooks</h1>
    ${webhooks
      .endpoints()
      .map(
        (endpoint) =>
          html`<p>
            Endpoint <code>${endpoint.url}</code>,
            ${endpoint.secrets === 1 ? "one signing secret" : `${endpoint.secrets} signing secrets`}.
          </p>`,
      )}
    <div class="actions">
      ${
        webhooks.manual
          ? html`${action("Deliver by itself", "settings", back, [["s:webhooks", "auto"]])}
            ${action("Send what waits", "deliveries/send", back)}`
          : action("Hold deliveries back", "settings", back, [["s:webhooks", "manual"]])
      }
    </div>
    ${deliveriesTable(parts, undefined, back)}`;
}

const API_KINDS = ["latency", "error", "timeout", "reset"] as const;
const WEBHOOK_KINDS = ["duplicate", "delay", "reorder", "drop", "twin", "skew"] as const;
const options = (names: readonly string[]) => names.map((name) => html`<option>${name}</option>`);
const howOften = html`<label
    >Strikes this often, 0 without end <input name="n:count" value="1" inputmode="numeric" size="4"
  /></label>
  <label>Probability <input name="n:probability" value="1" inputmode="decimal" size="4" /></label>
  <label>Seed <input name="n:seed" value="1" inputmode="numeric" size="6" /></label>`;

export function faultsPage({ faults }: Parts): Html {
  const back = "/dashboard/faults";
  const standing = faults.all();
  return html`<h1>Faults</h1>
    ${
      standing.length === 0
        ? html`<p class="muted">None: everything works as it should.</p>`
        : html`${table(
              "Faults in force",
              ["Fault", "Where", "Left", "Details", ""],
              standing.map(
                (fault) =>
                  html`<tr>
                    <td>${fault.kind}</td>
                    <td><code>${fault.on === "api" ? `${fault.method ?? "any"} ${fault.path}` : fault.event}</code></td>
                    <td>${fault.count ?? "without end"}</td>
                    <td><code>${JSON.stringify(fault)}</code></td>
                    <td>${action("Take back", `faults/${fault.id}/remove`, back)}</td>
                  </tr>`,
              ),
            )}
            <p>${action("Take all back", "faults/remove", back)}</p>`
    }
    <fieldset>
      <legend>A fault of the API</legend>
      ${form(
        "Order",
        "faults",
        back,
        html`<input type="hidden" name="s:on" value="api" />
          <label
            >Kind
            <select name="s:kind">
              ${options(API_KINDS)}
            </select></label
          >
          <label
            >Method
            <select name="s:method">
              <option value="">any</option>
              <option>POST</option>
              <option>GET</option>
            </select></label
          >
          <label>Path <input name="s:path" value="/v1/*" /></label>
          <label
            >When
            <select name="s:when">
              <option value="">–</option>
              <option>before</option>
              <option>after</option>
            </select></label
          >
          <label>Milliseconds <input name="n:ms" inputmode="numeric" size="7" /></label>
          <label>Status of an error <input name="n:status" inputmode="numeric" size="4" /></label>
          <label
            >Saved under its key
            <select name="b:saved">
              <option value="">–</option>
              <option>true</option>
            </select></label
          >
          ${howOften}`,
      )}
    </fieldset>
    <fieldset>
      <legend>A fault of the webhooks</legend>
      ${form(
        "Order",
        "faults",
        back,
        html`<input type="hidden" name="s:on" value="webhook" />
          <label
            >Kind
            <select name="s:kind">
              ${options(WEBHOOK_KINDS)}
            </select></label
          >
          <label>Event <input name="s:event" value="*" /></label>
          <label>Milliseconds <input name="n:ms" inputmode="numeric" size="7" /></label>
          <label>Times <input name="n:times" inputmode="numeric" size="4" /></label>
          ${howOften}`,
      )}
    </fieldset>`;
}

export function clockPage(parts: Parts): Html {
  const back = "/dashboard/clock";
  const clock = clockNow(parts);
  const HOUR = 3_600_000;
  const money = balance(parts.world);
  const payouts = parts.world.store.page<Stripe.Payout>("payout", {}, { limit: 20 })?.data ?? [];
  return html`<h1>Clock</h1>
    <p>${at(clock.now)} UTC, ${clock.frozen ? "held" : "running"}. It goes forward only.</p>
    <div class="actions">
      ${(
        [
          ["1 minute", HOUR / 60],
          ["1 hour", HOUR],
          ["1 day", 24 * HOUR],
          ["7 days", 168 * HOUR],
        ] as const
      ).map(([label, ms]) => action(`Forward ${label}`, "clock", back, [["n:advanceMs", ms]]))}
      ${action(clock.frozen ? "Let it run" : "Hold it", "clock", back, [["b:frozen", !clock.frozen]])}
    </div>
    <h1>Balance</h1>
    <dl>
      <dt>Available</dt>
      <dd>${money.available.map((each) => html`${show(each.amount, each.currency)} `)}</dd>
      <dt>On its way</dt>
      <dd>${money.pending.map((each) => html`${show(each.amount, each.currency)} `)}</dd>
    </dl>
    <p>${action("Pay out what is available", "payouts", back)}</p>
    ${
      payouts.length === 0
        ? html`<p class="muted">No payouts yet; they are made once a day.</p>`
        : table(
            "Payouts",
            ["Status", "Amount", "Payout", "Made"],
            payouts.map(
              (payout) =>
                html`<tr>
                  <td>${status(payout.status)}</td>
                  <td class="number">${show(payout.amount, payout.currency)}</td>
                  <td><code>${payout.id}</code></td>
                  <td>${time(new Date(payout.created * 1_000))}</td>
                </tr>`,
            ),
          )
    }`;
}

export function requestsPage({ exchange }: Parts): Html {
  const { requests } = exchange;
  return html`<h1>Requests</h1>
    ${
      requests.length === 0
        ? html`<p class="muted">Nobody has called the API since the emulator was started.</p>`
        : table(
            "Requests",
            ["Status", "Call", "At", "Took", "Idempotency-Key", "Request"],
            requests.map(
              (request) =>
                html`<tr>
                  <td>${request.status ?? "lost"}${request.replayed ? " (replayed)" : ""}</td>
                  <td><code>${request.method} ${request.path}</code> ${request.faults.join(", ")}</td>
                  <td>${at(request.at)}</td>
                  <td class="number">${request.tookMs.toFixed(1)} ms</td>
                  <td><code>${request.idempotencyKey ?? "–"}</code></td>
                  <td><code>${request.id}</code></td>
                </tr>`,
            ),
          )
    }`;
}
