import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { html, raw } from "hono/html";
import { readBody } from "../../http/forward.ts";
import { cardForm } from "../browser/card-form.ts";
import { stripeJs } from "../browser/stripe-js.ts";
import type { Parts } from "../control.ts";
import { show } from "../money.ts";
import { authenticate } from "../resources/confirm.ts";
import { checkClientSecret, findIntent } from "../resources/payment-intents.ts";
import { CARD_FORM_STYLE, CHALLENGE_STYLE } from "./styles.ts";

/** Who may show these pages in a frame: pages of this machine. */
const ANCESTORS = "http://127.0.0.1:* http://localhost:*";

/** In a frame the page of the shop is told; in a window of its own the browser goes back to it. */
const DONE_SCRIPT = `window.parent.postMessage({ emulator: "3ds-done" }, "*");`;
const CANCEL_SCRIPT = `window.addEventListener("message", (event) => { if (event.source === window.parent && event.data?.emulator === "3ds-cancel") document.querySelector("#fail").click(); });`;

const hash = (script: string) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

function page(response: ServerResponse, status: number, body: unknown, policy: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors ${ANCESTORS}; ${policy}`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  response.end(String(body));
}

function script(response: ServerResponse, text: string): void {
  response.writeHead(200, {
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "no-cache",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
  });
  response.end(text);
}

const field = (id: string, label: string, autocomplete: string, placeholder: string) =>
  html`<div class="field">
    <label class="Label" for="${id}">${label}</label>
    <input
      class="Input"
      id="${id}"
      name="${id}"
      inputmode="numeric"
      autocomplete="${autocomplete}"
      placeholder="${placeholder}"
      aria-describedby="${id}-problem"
      aria-required="true"
      ${id === "cvc" ? raw('maxlength="4"') : ""}
    />
    ${id === "number" ? html`<span id="brand" class="brand" aria-hidden="true"></span>` : ""}
    <p class="Error" id="${id}-problem" role="alert"></p>
  </div>`;

function cardPage(): unknown {
  return html`<!doctype html>
    <html lang="en" data-theme="stripe">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Card details</title>
        <style>
          ${raw(CARD_FORM_STYLE)}
        </style>
      </head>
      <body>
        <main aria-label="Card details">
          <h1 class="hidden">Card details</h1>
          <form novalidate>
            ${field("number", "Card number", "cc-number", "1234 1234 1234 1234")}
            <div class="pair">
              ${field("expiry", "Expiration date", "cc-exp", "MM / YY")}
              ${field("cvc", "Security code", "cc-csc", "CVC")}
            </div>
          </form>
          <p class="note">Test mode: no money moves. Try 4242 4242 4242 4242 with any future date.</p>
        </main>
        <script src="/elements/card-form.js"></script>
      </body>
    </html>`;
}

function challengePage(parts: Parts, id: string, secret: string): unknown {
  const intent = findIntent(parts.world, id);
  const open = intent.status === "requires_action";
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>3D Secure authentication</title>
        <style>
          ${raw(CHALLENGE_STYLE)}
        </style>
      </head>
      <body>
        <main aria-label="The bank’s confirmation">
          <p class="bank">Test bank · 3D Secure</p>
          <h1>${open ? "Confirm this payment" : "Nothing to confirm"}</h1>
          ${
            open
              ? html`<p>
                    A payment of <strong>${show(intent.amount, intent.currency)}</strong> asks for your bank’s
                    confirmation. This page stands in for your bank’s: choose how it ends.
                  </p>
                  <form method="post" action="/3ds/${id}">
                    <input type="hidden" name="secret" value="${secret}" />
                    <button id="pass" name="outcome" value="pass">Complete authentication</button>
                    <button id="fail" class="quiet" name="outcome" value="fail">Fail authentication</button>
                  </form>`
              : html`<p>This payment asks for no confirmation any more. You can close this page.</p>`
          }
        </main>
        <script>
          ${raw(open ? CANCEL_SCRIPT : DONE_SCRIPT)};
        </script>
      </body>
    </html>`;
}

const DONE_PAGE = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>3D Secure authentication</title>
      <style>
        ${raw(CHALLENGE_STYLE)}
      </style>
    </head>
    <body>
      <main aria-label="The bank’s confirmation"><h1>Done</h1></main>
      <script>
        ${raw(DONE_SCRIPT)};
      </script>
    </body>
  </html>`;

/** Scripts and pages for the donor's browser. @returns whether the path was one of them */
export async function checkout(
  parts: Parts,
  version: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const target = new URL(request.url ?? "/", "http://emulator");
  const { origin } = parts.world;
  if (/^\/(?:v3|[a-z]+)\/(?:stripe\.js)?$/.test(target.pathname) && request.method === "GET") {
    script(response, `(${stripeJs.toString()})(${JSON.stringify({ origin, version })});\n`);
    return true;
  }
  if (target.pathname === "/elements/card-form.js") {
    script(response, `(${cardForm.toString()})();\n`);
    return true;
  }
  if (target.pathname === "/elements/payment") {
    page(response, 200, cardPage(), "script-src 'self'; connect-src 'self'");
    return true;
  }
  const id = /^\/3ds\/(pi_[A-Za-z0-9]+)$/.exec(target.pathname)?.[1];
  if (id === undefined) return false;
  if (request.method === "POST") {
    await conclude(parts, id, request, response);
    return true;
  }
  const secret = target.searchParams.get("secret") ?? undefined;
  checkClientSecret(findIntent(parts.world, id), secret);
  // Exactly as it stands between the tags, which is what the browser hashes.
  const text = String(challengePage(parts, id, secret ?? ""));
  const inline = /<script>([\s\S]*?)<\/script>/.exec(text)?.[1] ?? "";
  page(response, 200, text, `script-src ${hash(inline)}; form-action 'self' http: https:`);
  return true;
}

async function conclude(parts: Parts, id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams((await readBody(request, 10_000)).toString("utf8"));
  const intent = findIntent(parts.world, id);
  checkClientSecret(intent, form.get("secret") ?? undefined);
  const passed = form.get("outcome") === "pass";
  const { returnUrl, useStripeSdk } = parts.world.store.hidden<{ returnUrl?: string; useStripeSdk?: boolean }>(id);
  const after =
    intent.status === "requires_action"
      ? parts.world.as({ requestId: null, idempotencyKey: null }, () => authenticate(parts.world, intent, passed))
      : intent;
  parts.exchange.onDone();
  if (useStripeSdk || !returnUrl) {
    const inline = /<script>([\s\S]*?)<\/script>/.exec(String(DONE_PAGE))?.[1] ?? "";
    return page(response, 200, DONE_PAGE, `script-src ${hash(inline)}`);
  }
  const back = new URL(returnUrl);
  back.searchParams.set("payment_intent", id);
  back.searchParams.set("payment_intent_client_secret", intent.client_secret ?? "");
  back.searchParams.set("redirect_status", after.status === "requires_payment_method" ? "failed" : "succeeded");
  response.writeHead(303, { location: back.href });
  response.end();
}
