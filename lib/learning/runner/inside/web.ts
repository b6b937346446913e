import { timers } from "./clock";

/** The part of the web's events, abort signals and clones that server code uses; QuickJS has none of it. */
type Listener = (event: VirtualEvent) => void;

class VirtualEvent {
  readonly type: string;
  target: unknown = null;
  constructor(type: string) {
    this.type = String(type);
  }
}

class VirtualEventTarget {
  readonly #listeners = new Map<string, { readonly call: Listener; readonly once: boolean }[]>();

  addEventListener(type: string, call: Listener, options?: { once?: boolean; signal?: VirtualSignal }): void {
    if (typeof call !== "function" || options?.signal?.aborted) return;
    const known = this.#listeners.get(type) ?? [];
    if (known.some((listener) => listener.call === call)) return;
    this.#listeners.set(type, [...known, { call, once: options?.once === true }]);
    options?.signal?.addEventListener("abort", () => this.removeEventListener(type, call), { once: true });
  }

  removeEventListener(type: string, call: Listener): void {
    this.#listeners.set(
      type,
      (this.#listeners.get(type) ?? []).filter((listener) => listener.call !== call),
    );
  }

  dispatchEvent(event: VirtualEvent): boolean {
    event.target = this;
    for (const { call, once } of this.#listeners.get(event.type) ?? []) {
      if (once) this.removeEventListener(event.type, call);
      call.call(this as never, event);
    }
    return true;
  }
}

class VirtualDOMException extends Error {
  override readonly name: string;
  constructor(message = "", name = "Error") {
    super(message);
    this.name = name;
  }
}

/** Only a controller ends a signal. */
let endSignal: (signal: VirtualSignal, reason: unknown) => void = () => undefined;

class VirtualSignal extends VirtualEventTarget {
  #aborted = false;
  #reason: unknown = undefined;
  onabort: Listener | null = null;

  static {
    endSignal = (signal, reason) => {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason ?? new VirtualDOMException("This operation was aborted", "AbortError");
      const event = new VirtualEvent("abort");
      signal.onabort?.(event);
      signal.dispatchEvent(event);
    };
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  static abort(reason?: unknown): VirtualSignal {
    const signal = new VirtualSignal();
    endSignal(signal, reason);
    return signal;
  }

  static timeout(ms: number): VirtualSignal {
    const signal = new VirtualSignal();
    const late = (): void =>
      endSignal(signal, new VirtualDOMException("The operation was aborted due to timeout", "TimeoutError"));
    timers.setTimeout(late, ms);
    return signal;
  }

  static any(signals: Iterable<VirtualSignal>): VirtualSignal {
    const all = [...signals];
    const joined = new VirtualSignal();
    for (const signal of all) {
      if (signal.aborted) endSignal(joined, signal.reason);
      else signal.addEventListener("abort", () => endSignal(joined, signal.reason), { once: true });
    }
    return joined;
  }
}

class VirtualController {
  readonly signal = new VirtualSignal();
  abort(reason?: unknown): void {
    endSignal(this.signal, reason);
  }
}

function clone(value: unknown, known: Map<unknown, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol")
    throw new VirtualDOMException(`${String(value)} could not be cloned.`, "DataCloneError");
  if (typeof value !== "object" || value === null) return value;
  if (known.has(value)) return known.get(value);
  const keep = <T>(copy: T): T => {
    known.set(value, copy);
    return copy;
  };
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof Map) {
    const copy = keep(new Map<unknown, unknown>());
    for (const [key, held] of value) copy.set(clone(key, known), clone(held, known));
    return copy;
  }
  if (value instanceof Set) {
    const copy = keep(new Set<unknown>());
    for (const held of value) copy.add(clone(held, known));
    return copy;
  }
  if (value instanceof Error) return keep(Object.assign(new Error(value.message), { name: value.name }));
  const copy = keep<Record<string, unknown>>(Array.isArray(value) ? ([] as never) : {});
  for (const key of Object.keys(value)) {
    const held = clone((value as Record<string, unknown>)[key], known);
    Object.defineProperty(copy, key, { value: held, writable: true, enumerable: true, configurable: true });
  }
  return copy;
}

export const webGlobals = {
  Event: VirtualEvent,
  EventTarget: VirtualEventTarget,
  DOMException: VirtualDOMException,
  AbortController: VirtualController,
  AbortSignal: VirtualSignal,
  structuredClone: (value: unknown) => clone(value, new Map()),
};
