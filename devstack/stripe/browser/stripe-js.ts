import type {
  ConfirmationTokenResult,
  CreateConfirmationToken,
  PaymentIntent,
  PaymentIntentResult,
  StripeElementsOptionsMode,
  StripeElementsUpdateOptions,
  StripeError,
} from "@stripe/stripe-js";

/** What the page and the card form in its iframe say to one another. */
export type ToForm =
  | { readonly emulator: "form"; readonly say: "init" | "update"; readonly options: object }
  | { readonly emulator: "form"; readonly say: "blur" | "clear" | "focus" }
  | { readonly emulator: "form"; readonly say: "submit"; readonly ask: number }
  | { readonly emulator: "form"; readonly say: "tokenize"; readonly ask: number; readonly params: object };
export type FromForm =
  | { readonly emulator: "page"; readonly say: "loaded" | "ready" | "focus" | "blur" | "escape" }
  | { readonly emulator: "page"; readonly say: "height"; readonly height: number }
  | { readonly emulator: "page"; readonly say: "change"; readonly empty: boolean; readonly complete: boolean }
  | { readonly emulator: "page"; readonly say: "answer"; readonly ask: number; readonly answer: object };

/** Options of `stripe.elements()` that the card form understands; others are for other ways to pay. */
export type ElementsOptions = Partial<StripeElementsOptionsMode> & { readonly clientSecret?: string };

/**
 * Stripe.js, as far as this product uses it: `Stripe(key)`, `elements()` with a Payment Element for cards,
 * `createConfirmationToken`, `handleNextAction`, `retrievePaymentIntent`. The page's own code is the same with the
 * real one. Sent to browsers as the text of this function, so it may use nothing from outside itself.
 */
export function stripeJs(config: { readonly origin: string; readonly version: string }): void {
  type Handler = (event: object) => unknown;
  const { origin } = config;

  class IntegrationError extends Error {
    override readonly name = "IntegrationError";
  }

  const failure = (error: unknown): StripeError => ({
    type: "api_connection_error",
    message: `We are experiencing issues connecting to our payments provider: ${error instanceof Error ? error.message : String(error)}`,
  });

  /** One Payment Element: an iframe of the emulator's own origin, so that the page never sees a card number. */
  function paymentElement(key: string, options: () => object, created: object) {
    const handlers = new Map<string, Set<Handler>>();
    const asked = new Map<number, (answer: object) => void>();
    let count = 0;
    let frame: HTMLIFrameElement | null = null;
    let loaded: Promise<void> | null = null;
    let destroyed = false;
    let stopListening = () => {};

    const fire = (type: string, event: object) => {
      for (const handler of handlers.get(type) ?? []) handler({ elementType: "payment", ...event });
    };
    const tell = (message: ToForm) => frame?.contentWindow?.postMessage(message, origin);
    const ask = async (make: (id: number) => ToForm): Promise<object> => {
      if (!frame || !loaded) throw new IntegrationError("The Payment Element is not mounted.");
      await loaded;
      count += 1;
      const id = count;
      return new Promise((resolve) => {
        asked.set(id, resolve);
        tell(make(id));
      });
    };

    function mount(where: HTMLElement | string): void {
      if (destroyed) throw new IntegrationError("This Element has already been destroyed. Please create a new one.");
      const parent = typeof where === "string" ? document.querySelector<HTMLElement>(where) : where;
      if (!parent)
        throw new IntegrationError(
          `The selector you specified (${String(where)}) applies to no DOM elements that are currently on the page.`,
        );
      unmount();
      const made = document.createElement("iframe");
      made.title = "Secure payment input frame";
      made.src = `${origin}/elements/payment?key=${encodeURIComponent(key)}`;
      made.allow = "payment *";
      made.style.cssText = "border:0;width:100%;height:240px;display:block;overflow:hidden;color-scheme:none";
      frame = made;
      loaded = new Promise((resolve) => {
        const timer = setTimeout(() => {
          fire("loaderror", { error: failure(new Error("the card form did not load")) });
        }, 20_000);
        const listener = (event: MessageEvent<FromForm>) => {
          if (event.source !== made.contentWindow || event.origin !== origin) return;
          const said = event.data;
          if (said?.emulator !== "page") return;
          if (said.say === "loaded")
            tell({ emulator: "form", say: "init", options: { ...options(), element: created } });
          else if (said.say === "ready") {
            clearTimeout(timer);
            resolve();
            fire("ready", {});
          } else if (said.say === "height") made.style.height = `${said.height}px`;
          else if (said.say === "change")
            fire("change", {
              empty: said.empty,
              complete: said.complete,
              collapsed: false,
              value: { type: "card" },
            });
          else if (said.say === "answer") {
            asked.get(said.ask)?.(said.answer);
            asked.delete(said.ask);
          } else fire(said.say, {});
        };
        window.addEventListener("message", listener);
        stopListening = () => {
          clearTimeout(timer);
          window.removeEventListener("message", listener);
        };
      });
      parent.replaceChildren(made);
      fire("loaderstart", {});
    }

    function unmount(): void {
      stopListening();
      frame?.remove();
      frame = null;
      loaded = null;
    }

    const element = {
      mount,
      unmount,
      destroy() {
        unmount();
        destroyed = true;
      },
      focus: () => tell({ emulator: "form", say: "focus" }),
      blur: () => tell({ emulator: "form", say: "blur" }),
      clear: () => tell({ emulator: "form", say: "clear" }),
      collapse: () => element,
      update(changed: object) {
        tell({ emulator: "form", say: "update", options: { element: changed } });
        return element;
      },
      on(type: string, handler: Handler) {
        const known = handlers.get(type) ?? new Set();
        handlers.set(type, known.add(handler));
        return element;
      },
      once(type: string, handler: Handler) {
        const once: Handler = (event) => {
          element.off(type, once);
          return handler(event);
        };
        return element.on(type, once);
      },
      off(type: string, handler?: Handler) {
        if (handler) handlers.get(type)?.delete(handler);
        else handlers.delete(type);
        return element;
      },
    };
    return { element, ask, tell };
  }

  /** The group of elements of one payment. */
  function elementsGroup(key: string, given: ElementsOptions) {
    let options: ElementsOptions = given;
    let payment: ReturnType<typeof paymentElement> | null = null;
    const mounted = () => {
      if (!payment) throw new IntegrationError("Create and mount a Payment Element first: elements.create('payment').");
      return payment;
    };
    const group = {
      create(type: string, created: object = {}) {
        if (type !== "payment")
          throw new IntegrationError(`The Stripe emulator has a Payment Element and no ${type} Element.`);
        if (payment) throw new IntegrationError("Can only create one Element of type payment through Elements().");
        payment = paymentElement(key, () => options, created);
        const { element } = payment;
        const { destroy } = element;
        element.destroy = () => {
          destroy();
          payment = null;
        };
        return element;
      },
      getElement: (type: string) => (type === "payment" ? (payment?.element ?? null) : null),
      update(changed: StripeElementsUpdateOptions) {
        // Each kind of payment has options of its own; the card form takes what they have in common.
        options = { ...options, ...changed } as ElementsOptions;
        payment?.tell({ emulator: "form", say: "update", options: changed });
      },
      fetchUpdates: () => Promise.resolve({}),
      submit: () => mounted().ask((ask) => ({ emulator: "form", say: "submit", ask })),
      /** For createConfirmationToken alone. */
      _tokenize: (params: object) => mounted().ask((ask) => ({ emulator: "form", say: "tokenize", ask, params })),
      _options: () => options,
    };
    return group;
  }

  async function read(key: string, clientSecret: string): Promise<PaymentIntentResult> {
    const id = clientSecret.split("_secret_")[0] ?? "";
    if (!/^pi_\w+_secret_\w+$/.test(clientSecret))
      throw new IntegrationError(
        `Invalid value for stripe.retrievePaymentIntent intent secret: value should be a client secret of the form \${id}_secret_\${secret}. You specified: ${clientSecret}.`,
      );
    try {
      const response = await fetch(
        `${origin}/v1/payment_intents/${id}?client_secret=${encodeURIComponent(clientSecret)}`,
        { headers: { authorization: `Bearer ${key}` } },
      );
      const body = (await response.json()) as PaymentIntent & { error?: StripeError };
      return body.error ? { error: body.error } : { paymentIntent: body };
    } catch (error) {
      return { error: failure(error) };
    }
  }

  /** Shows the issuer's page in a dialog until it says that it is done. */
  function challenge(url: string): Promise<void> {
    return new Promise((resolve) => {
      const dialog = document.createElement("dialog");
      dialog.setAttribute("aria-label", "3D Secure authentication");
      dialog.style.cssText =
        "border:0;padding:0;border-radius:10px;width:min(420px,calc(100vw - 24px));height:min(520px,calc(100vh - 24px));overflow:hidden";
      const frame = document.createElement("iframe");
      frame.title = "3D Secure authentication";
      frame.name = "stripe-challenge-frame";
      frame.src = url;
      frame.style.cssText = "border:0;width:100%;height:100%;display:block";
      dialog.append(frame);
      const before = document.activeElement;
      const listener = (event: MessageEvent<{ emulator?: string }>) => {
        if (event.source !== frame.contentWindow || event.origin !== origin || event.data?.emulator !== "3ds-done")
          return;
        window.removeEventListener("message", listener);
        dialog.close();
        dialog.remove();
        if (before instanceof HTMLElement) before.focus();
        resolve();
      };
      window.addEventListener("message", listener);
      // Leaving the issuer's page is an answer too: it fails there.
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        frame.contentWindow?.postMessage({ emulator: "3ds-cancel" }, origin);
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  function Stripe(key: string) {
    if (typeof key !== "string" || !key.startsWith("pk_"))
      throw new IntegrationError(
        key?.startsWith?.("sk_")
          ? "You should not use your secret key with Stripe.js. Please pass a publishable key instead."
          : `Invalid value for Stripe(): apiKey should be a publishable key. You specified: ${String(key)}.`,
      );
    return {
      elements: (options: ElementsOptions = {}) => elementsGroup(key, options),
      async createConfirmationToken(options: CreateConfirmationToken): Promise<ConfirmationTokenResult> {
        const { elements, params = {} } = options as unknown as {
          elements?: ReturnType<typeof elementsGroup>;
          params?: object;
        };
        if (!elements?._tokenize)
          throw new IntegrationError("stripe.createConfirmationToken(): expected an instance of Elements.");
        return (await elements._tokenize(params)) as ConfirmationTokenResult;
      },
      retrievePaymentIntent: (clientSecret: string) => read(key, clientSecret),
      async handleNextAction(options: { clientSecret: string }): Promise<PaymentIntentResult> {
        const before = await read(key, options.clientSecret);
        if (before.error) return before;
        const { status, next_action: next } = before.paymentIntent;
        if (status !== "requires_action" || !next)
          throw new IntegrationError(
            "handleNextAction: The PaymentIntent supplied is not in the `requires_action` state.",
          );
        if (next.type === "redirect_to_url") {
          window.location.assign(next.redirect_to_url?.url ?? "");
          return new Promise(() => {});
        }
        await challenge((next as { use_stripe_sdk?: { stripe_js?: string } }).use_stripe_sdk?.stripe_js ?? "");
        const after = await read(key, options.clientSecret);
        const error = after.paymentIntent?.last_payment_error;
        if (!after.paymentIntent || after.paymentIntent.status !== "requires_payment_method" || !error) return after;
        return { error: { ...(error as StripeError), payment_intent: after.paymentIntent } };
      },
      registerAppInfo() {},
      _registerWrapper() {},
    };
  }

  Reflect.set(window, "Stripe", Object.assign(Stripe, { version: config.version }));
}
