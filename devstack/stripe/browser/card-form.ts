import type { Appearance, StripeError } from "@stripe/stripe-js";
import type { FromForm, ToForm } from "./stripe-js.ts";

/**
 * The card form in the Payment Element's iframe. Sent to browsers as the text of this function, so it may use nothing
 * from outside itself.
 */
export function cardForm(): void {
  interface Field {
    readonly input: HTMLInputElement;
    readonly problem: HTMLElement;
    /** What is wrong, or null. */
    check(): { code: string; message: string } | null;
  }
  const byId = <Found extends HTMLElement>(id: string) => document.querySelector<Found>(`#${id}`) as Found;
  const key = new URLSearchParams(window.location.search).get("key") ?? "";
  let page: string | null = null;

  const say = (message: FromForm) => window.parent.postMessage(message, page ?? "*");
  const digits = (text: string) => text.replaceAll(/\D/g, "");

  const brandOf = (number: string): { name: string; lengths: number[]; groups: number[]; cvc: number } => {
    if (/^3[47]/.test(number)) return { name: "American Express", lengths: [15], groups: [4, 6, 5], cvc: 4 };
    if (/^3(?:0|6|8)/.test(number)) return { name: "Diners Club", lengths: [14, 16], groups: [4, 6, 6], cvc: 3 };
    if (/^(?:5[1-5]|2[2-7])/.test(number)) return { name: "Mastercard", lengths: [16], groups: [4, 4, 4, 4], cvc: 3 };
    if (number.startsWith("35")) return { name: "JCB", lengths: [16], groups: [4, 4, 4, 4], cvc: 3 };
    if (/^6(?:011|5)/.test(number)) return { name: "Discover", lengths: [16], groups: [4, 4, 4, 4], cvc: 3 };
    if (number.startsWith("62")) return { name: "UnionPay", lengths: [16, 19], groups: [4, 4, 4, 4, 3], cvc: 3 };
    if (number.startsWith("4")) return { name: "Visa", lengths: [16], groups: [4, 4, 4, 4], cvc: 3 };
    return { name: "", lengths: [16], groups: [4, 4, 4, 4, 3], cvc: 3 };
  };
  const luhn = (number: string) =>
    [...number].reverse().reduce((sum, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return sum + (value > 9 ? value - 9 : value);
    }, 0) %
      10 ===
    0;

  const number: Field = {
    input: byId<HTMLInputElement>("number"),
    problem: byId("number-problem"),
    check() {
      const typed = digits(number.input.value);
      const { lengths } = brandOf(typed);
      if (typed.length < Math.min(...lengths))
        return { code: "incomplete_number", message: "Your card number is incomplete." };
      return luhn(typed) && lengths.includes(typed.length)
        ? null
        : { code: "invalid_number", message: "Your card number is invalid." };
    },
  };
  const expiry: Field = {
    input: byId<HTMLInputElement>("expiry"),
    problem: byId("expiry-problem"),
    check() {
      const typed = digits(expiry.input.value);
      if (typed.length < 4) return { code: "incomplete_expiry", message: "Your card’s expiration date is incomplete." };
      const month = Number(typed.slice(0, 2));
      const year = 2_000 + Number(typed.slice(2));
      const today = new Date();
      if (month < 1 || month > 12)
        return { code: "invalid_expiry_month", message: "Your card’s expiration date is invalid." };
      const past = year < today.getFullYear() || (year === today.getFullYear() && month < today.getMonth() + 1);
      return past ? { code: "invalid_expiry_year_past", message: "Your card’s expiration year is in the past." } : null;
    },
  };
  const cvc: Field = {
    input: byId<HTMLInputElement>("cvc"),
    problem: byId("cvc-problem"),
    check: () =>
      digits(cvc.input.value).length < brandOf(digits(number.input.value)).cvc
        ? { code: "incomplete_cvc", message: "Your card’s security code is incomplete." }
        : null,
  };
  const fields = [number, expiry, cvc];

  const show = (field: Field, problem: { message: string } | null) => {
    field.problem.textContent = problem?.message ?? "";
    field.input.setAttribute("aria-invalid", String(problem !== null));
    resize();
  };
  const resize = () => say({ emulator: "page", say: "height", height: document.documentElement.offsetHeight + 2 });
  const changed = () =>
    say({
      emulator: "page",
      say: "change",
      empty: fields.every((field) => field.input.value === ""),
      complete: fields.every((field) => field.check() === null),
    });

  /** Groups the digits as they stand on the card, with the cursor kept behind the digit it stood behind. */
  const regroup = (input: HTMLInputElement, format: (typed: string) => string) => {
    const behind = digits(input.value.slice(0, input.selectionStart ?? input.value.length)).length;
    const formatted = format(digits(input.value));
    if (formatted === input.value) return;
    input.value = formatted;
    let at = 0;
    for (let seen = 0; at < formatted.length && seen < behind; at += 1) if (/\d/.test(formatted[at] ?? "")) seen += 1;
    if (behind === digits(formatted).length) at = formatted.length;
    input.setSelectionRange(at, at);
  };
  number.input.addEventListener("input", () => {
    regroup(number.input, (typed) => {
      const { groups, lengths } = brandOf(typed);
      let from = 0;
      return groups
        .map((size) => typed.slice(0, Math.max(...lengths)).slice(from, (from += size)))
        .filter(Boolean)
        .join(" ");
    });
    const brand = brandOf(digits(number.input.value));
    byId("brand").textContent = brand.name;
    cvc.input.maxLength = brand.cvc;
    if (number.check() === null) expiry.input.focus();
  });
  expiry.input.addEventListener("input", (event) => {
    const erasing = (event as InputEvent).inputType?.startsWith("delete");
    regroup(expiry.input, (typed) => {
      const padded = /^[2-9]$/.test(typed) ? `0${typed}` : typed;
      const four =
        padded.length > 4 && padded.slice(2, 4) === "20" ? padded.slice(0, 2) + padded.slice(4, 6) : padded.slice(0, 4);
      return four.length > 2 || (four.length === 2 && !erasing) ? `${four.slice(0, 2)} / ${four.slice(2)}` : four;
    });
    if (expiry.check() === null) cvc.input.focus();
  });
  cvc.input.addEventListener("input", () => regroup(cvc.input, (typed) => typed.slice(0, cvc.input.maxLength)));
  for (const field of fields) {
    field.input.addEventListener("input", () => {
      if (field.input.getAttribute("aria-invalid") === "true") show(field, field.check());
      changed();
    });
    field.input.addEventListener("blur", () => {
      if (field.input.value !== "") show(field, field.check());
    });
  }
  document.addEventListener("focusin", (event) => {
    if (!(event as FocusEvent).relatedTarget) say({ emulator: "page", say: "focus" });
  });
  document.addEventListener("focusout", (event) => {
    if (!(event as FocusEvent).relatedTarget) say({ emulator: "page", say: "blur" });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") say({ emulator: "page", say: "escape" });
  });

  /** Shows what is wrong; the first problem is the answer, as Stripe.js gives it. */
  const validate = (): StripeError | null => {
    const problems = fields.map((field) => {
      const problem = field.check();
      show(field, problem);
      return problem;
    });
    const at = problems.findIndex((problem) => problem !== null);
    const first = problems[at];
    if (!first) return null;
    fields[at]?.input.focus();
    return { type: "validation_error", code: first.code, message: first.message };
  };

  const flatten = (value: unknown, name: string, into: URLSearchParams): void => {
    if (typeof value === "object" && value !== null)
      for (const [inner, each] of Object.entries(value)) flatten(each, name ? `${name}[${inner}]` : inner, into);
    else if (value !== undefined && value !== null) into.append(name, String(value));
  };

  const tokenize = async (params: object): Promise<object> => {
    const wrong = validate();
    if (wrong) return { error: wrong };
    const typed = digits(expiry.input.value);
    const given = params as { payment_method_data?: object };
    const form = new URLSearchParams();
    flatten(
      {
        ...params,
        payment_method_data: {
          ...given.payment_method_data,
          type: "card",
          card: {
            number: digits(number.input.value),
            exp_month: Number(typed.slice(0, 2)),
            exp_year: 2_000 + Number(typed.slice(2)),
            cvc: digits(cvc.input.value),
          },
        },
      },
      "",
      form,
    );
    try {
      const response = await fetch("/v1/confirmation_tokens", {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
        body: form,
      });
      const body = (await response.json()) as { error?: StripeError };
      if (!body.error) return { confirmationToken: body };
      const field = body.error.param === "number" ? number : body.error.param === "cvc" ? cvc : expiry;
      if (body.error.type === "card_error") show(field, { message: body.error.message ?? "" });
      return { error: body.error };
    } catch (error) {
      return { error: { type: "api_connection_error", message: String(error) } };
    }
  };

  const sheet = new CSSStyleSheet();
  const NAMES: Readonly<Record<string, string>> = {
    borderRadius: "--radius",
    colorBackground: "--background",
    colorDanger: "--danger",
    colorPrimary: "--primary",
    colorText: "--text",
    colorTextPlaceholder: "--placeholder",
    colorTextSecondary: "--secondary",
    fontFamily: "--font",
    fontSizeBase: "--size",
    inputColorBorder: "--border",
    spacingUnit: "--unit",
  };
  const dress = (appearance: Appearance | undefined) => {
    if (!appearance) return;
    const root = document.documentElement;
    root.dataset["theme"] = appearance.theme ?? "stripe";
    for (const [name, variable] of Object.entries(NAMES)) {
      const value = (appearance.variables as Record<string, string> | undefined)?.[name];
      if (value) root.style.setProperty(variable, value);
      else root.style.removeProperty(variable);
    }
    const rules = Object.entries(appearance.rules ?? {}).map(
      ([selector, set]) =>
        `${selector}{${Object.entries(set)
          .map(
            ([property, value]) => `${property.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}:${value}`,
          )
          .join(";")}}`,
    );
    sheet.replaceSync(rules.join("\n"));
    document.adoptedStyleSheets = [sheet];
    resize();
  };

  window.addEventListener("message", (event: MessageEvent<ToForm>) => {
    const said = event.data;
    if (event.source !== window.parent || said?.emulator !== "form") return;
    page = event.origin;
    if (said.say === "init" || said.say === "update") {
      const options = said.options as { appearance?: Appearance; element?: { readOnly?: boolean } };
      dress(options.appearance);
      for (const field of fields) field.input.readOnly = options.element?.readOnly ?? field.input.readOnly;
      if (said.say === "init") {
        resize();
        say({ emulator: "page", say: "ready" });
      }
    } else if (said.say === "focus") number.input.focus();
    else if (said.say === "blur") (document.activeElement as HTMLElement | null)?.blur();
    else if (said.say === "clear") {
      for (const field of fields) {
        field.input.value = "";
        show(field, null);
      }
      changed();
    } else if (said.say === "submit") {
      const error = validate();
      say({
        emulator: "page",
        say: "answer",
        ask: said.ask,
        answer: error ? { error } : { selectedPaymentMethod: "card" },
      });
    } else if (said.say === "tokenize")
      void tokenize(said.params).then((answer) => say({ emulator: "page", say: "answer", ask: said.ask, answer }));
  });
  new ResizeObserver(resize).observe(document.documentElement);
  say({ emulator: "page", say: "loaded" });
}
