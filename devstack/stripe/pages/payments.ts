import type Stripe from "stripe";
import { html } from "hono/html";
import { type Html, json, status, time } from "../../inngest/pages/layout.ts";
import { show } from "../money.ts";
import { findIntent } from "../resources/payment-intents.ts";
import type { World } from "../world.ts";
import { action, form, table } from "./layout.ts";

const at = (seconds: number): Html => time(new Date(seconds * 1_000));

/** Payments, newest first. */
export function paymentsPage(world: World, before: string | undefined): Html {
  const page = world.store.page<Stripe.PaymentIntent>("payment_intent", {}, { limit: 50, starting_after: before });
  const intents = page?.data ?? [];
  const last = intents.at(-1);
  return html`<h1>Payments</h1>
    ${
      intents.length === 0
        ? html`<p class="muted">No payments yet. They appear when the application creates a PaymentIntent.</p>`
        : table(
            "Payments",
            ["Status", "Amount", "Payment", "Made", "Metadata"],
            intents.map(
              (intent) =>
                html`<tr>
                  <td>${status(intent.status)}</td>
                  <td class="number">${show(intent.amount, intent.currency)} ${intent.currency.toUpperCase()}</td>
                  <td>
                    <a href="/dashboard/payments/${intent.id}"><code>${intent.id}</code></a>
                  </td>
                  <td>${at(intent.created)}</td>
                  <td>
                    ${Object.entries(intent.metadata).map(([name, value]) => html`<code>${name}=${value}</code><br />`)}
                  </td>
                </tr>`,
            ),
          )
    }
    ${page?.has_more && last ? html`<p><a href="/dashboard?before=${last.id}">Older payments</a></p>` : ""}`;
}

function intentActions(intent: Stripe.PaymentIntent, back: string): Html {
  const path = `payment_intents/${intent.id}`;
  if (intent.status === "requires_action")
    return html`${action("Donor authenticates", `${path}/authenticate`, back, [["b:passed", true]])}
    ${action("Authentication fails", `${path}/authenticate`, back, [["b:passed", false]])}
    ${action("Cancel", `${path}/cancel`, back)}`;
  if (intent.status === "requires_capture")
    return html`${action("Capture", `${path}/capture`, back)} ${action("Cancel", `${path}/cancel`, back)}`;
  if (intent.status === "succeeded" || intent.status === "canceled") return html``;
  return action("Cancel", `${path}/cancel`, back);
}

function chargeSection(world: World, charge: Stripe.Charge, back: string): Html {
  const refunds = world.store.every<Stripe.Refund>("refund", { charge: charge.id });
  const disputes = world.store.every<Stripe.Dispute>("dispute", { charge: charge.id });
  const card = charge.payment_method_details?.card;
  return html`<h2>Charge</h2>
    <dl>
      <dt>Status</dt>
      <dd>${status(charge.status)}${charge.captured ? ", captured" : charge.paid ? ", not captured" : ""}</dd>
      <dt>Card</dt>
      <dd>${card?.brand} •••• ${card?.last4}, ${card?.country}</dd>
      <dt>Risk</dt>
      <dd>${charge.outcome?.risk_level ?? "–"}: ${charge.outcome?.seller_message ?? ""}</dd>
      <dt>Captured</dt>
      <dd>
        ${show(charge.amount_captured, charge.currency)}, refunded ${show(charge.amount_refunded, charge.currency)}
      </dd>
      ${
        charge.failure_message
          ? html`<dt>Failure</dt>
              <dd>${charge.failure_message} (${charge.outcome?.reason})</dd>`
          : ""
      }
    </dl>
    ${
      charge.captured
        ? html`${form(
            "Refund",
            `charges/${charge.id}/refund`,
            back,
            html`<label>Amount in minor units, empty for all <input name="n:amount" inputmode="numeric" /></label>
              <label
                >Begins as
                <select name="s:status">
                  <option value="">what its card does</option>
                  <option>pending</option>
                  <option>requires_action</option>
                </select></label
              >`,
          )}
          ${form(
            "Dispute",
            `charges/${charge.id}/dispute`,
            back,
            html`<label
                >Kind
                <select name="s:kind">
                  <option>fraudulent</option>
                  <option>product_not_received</option>
                  <option>inquiry</option>
                  <option>noncompliant</option>
                  <option>prevented</option>
                </select></label
              ><label>Amount, empty for all <input name="n:amount" inputmode="numeric" /></label>`,
          )}`
        : ""
    }
    ${refunds.map(
      (refund) =>
        html`<h2>Refund of ${show(refund.amount, refund.currency)}</h2>
          <p>${status(refund.status ?? "")} <code>${refund.id}</code> ${at(refund.created)}</p>
          <div class="actions">
            ${refund.status === "pending" || refund.status === "requires_action" ? action("Succeeds", `refunds/${refund.id}`, back, [["s:status", "succeeded"]]) : ""}
            ${refund.status === "failed" || refund.status === "canceled" ? "" : action("Fails", `refunds/${refund.id}`, back, [["s:status", "failed"]])}
          </div>
          ${json(refund)}`,
    )}
    ${disputes.map((dispute) => disputeSection(dispute, back))}`;
}

function disputeSection(dispute: Stripe.Dispute, back: string): Html {
  const path = `disputes/${dispute.id}`;
  const inquiry = dispute.status.startsWith("warning_");
  const over = ["lost", "prevented", "warning_closed", "won"].includes(dispute.status);
  const choices = over
    ? dispute.status === "won" || dispute.status === "lost"
      ? [["Appeal", "appeal"]]
      : []
    : inquiry
      ? [
          ["Close the inquiry", "close"],
          ["Escalate to a chargeback", "escalate"],
        ]
      : [
          ["Won", "win"],
          ["Lost", "lose"],
        ];
  return html`<h2>${inquiry ? "Inquiry" : "Dispute"} over ${show(dispute.amount, dispute.currency)}</h2>
    <p>${status(dispute.status)} <code>${dispute.id}</code>, ${dispute.reason}, ${at(dispute.created)}</p>
    <div class="actions">
      ${choices.map(([label = "", name = ""]) => action(label, path, back, [["s:action", name]]))}
    </div>
    ${json(dispute)}`;
}

/** One payment: what happened to it, and what its donor's bank or a person at Stripe could do next. */
export function paymentPage(world: World, id: string): Html {
  const intent = findIntent(world, id);
  const back = `/dashboard/payments/${id}`;
  const charges = world.store.every<Stripe.Charge>("charge", { intent: id });
  const events = world.database.all<{ body: string }>(
    `select body from objects where type = 'event' and (json_extract(body, '$.data.object.id') = ?
       or json_extract(body, '$.data.object.payment_intent') = ?) order by seq`,
    id,
    id,
  );
  return html`<h1>${show(intent.amount, intent.currency)} ${intent.currency.toUpperCase()}</h1>
    <dl>
      <dt>Status</dt>
      <dd>${status(intent.status)}</dd>
      <dt>Payment</dt>
      <dd><code>${intent.id}</code></dd>
      <dt>Made</dt>
      <dd>${at(intent.created)}</dd>
      <dt>Description</dt>
      <dd>${intent.description ?? "–"}</dd>
    </dl>
    <div class="actions">${intentActions(intent, back)}</div>
    ${charges.map((charge) => chargeSection(world, charge, back))}
    <h2>Events</h2>
    <ul>
      ${events
        .map((row) => JSON.parse(row.body) as Stripe.Event)
        .map(
          (event) =>
            html`<li>
              <a href="/dashboard/events/${event.id}">${event.type}</a> <span class="muted">${at(event.created)}</span>
            </li>`,
        )}
    </ul>
    <h2>Object</h2>
    ${json(intent)}`;
}
