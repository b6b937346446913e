import { CallFailed, type Caller } from "./call.ts";
import { registrationSchema } from "./protocol.ts";
import { RegistrationRefused, type Registry } from "./registry.ts";
import { canonicalJson, sign, verifySignature } from "./signing.ts";

const UNREACHED_EVERY_MS = 500;
/** A served app is asked again this often, so that functions of a reloaded app are known without a restart. */
const REACHED_EVERY_MS = 10_000;

export interface AppState {
  readonly url: string;
  readonly ok: boolean;
  readonly message: string;
  readonly at: Date;
}

/**
 * Asks one serve endpoint for its functions (the SDK's signed in-band sync) and registers them.
 * @returns what came of it, in words
 */
async function syncApp(
  context: {
    readonly registry: Registry;
    readonly caller: Caller;
    readonly signingKey: string;
    readonly signal: AbortSignal;
  },
  url: string,
): Promise<AppState & { reached: boolean; modified: boolean }> {
  const { registry, caller, signingKey, signal } = context;
  const state = (ok: boolean, message: string, reached = true, modified = false) => ({
    url,
    ok,
    message,
    at: new Date(),
    reached,
    modified,
  });
  const body = canonicalJson({ url });
  const headers = {
    "x-inngest-signature": sign(body, signingKey),
    "x-inngest-sync-kind": "in_band",
    "x-inngest-server-kind": "cloud",
  };
  try {
    const answer = await caller.send("PUT", url, headers, body, { timeoutMs: 30_000, signal });
    if (answer.status === 401)
      return state(false, `${url} refused our signature (401): its INNGEST_SIGNING_KEY and the executor's differ.`);
    if (answer.status !== 200)
      return state(false, `${url} answered ${answer.status}: ${answer.body.slice(0, 300)}`, answer.status < 500);
    if (!verifySignature(answer.headers["x-inngest-signature"], answer.body, signingKey)) {
      return state(
        false,
        `${url} answered without a valid signature. Set INNGEST_SIGNING_KEY there, and leave INNGEST_DEV unset.`,
      );
    }
    const registration = registrationSchema.safeParse(JSON.parse(answer.body));
    if (!registration.success)
      return state(false, `${url} sent a registration that cannot be read: ${registration.error.message}`);
    const { modified } = await registry.register(registration.data);
    return state(true, `${registration.data.functions.length} functions registered.`, true, modified);
  } catch (error) {
    if (error instanceof RegistrationRefused) return state(false, `Refused: ${error.message}`);
    if (error instanceof CallFailed) return state(false, error.message, false);
    return state(false, error instanceof Error ? error.message : String(error), false);
  }
}

export interface AppSyncOptions {
  readonly registry: Registry;
  readonly caller: Caller;
  readonly urls: readonly string[];
  readonly signingKey: string;
  readonly log: (line: string) => void;
  /** The functions in force are others than before. */
  readonly onChange: () => void;
}

/** Keeps the functions of a list of apps in force: at start until each is reached, then now and then. */
export class AppSync {
  private readonly options: AppSyncOptions;
  private readonly stop = new AbortController();
  private readonly states = new Map<string, AppState>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(options: AppSyncOptions) {
    this.options = options;
  }

  start(): void {
    for (const url of this.options.urls) void this.visit(url);
  }

  /** Syncs every app now. */
  async now(): Promise<AppState[]> {
    return await Promise.all(this.options.urls.map((url) => this.visit(url)));
  }

  all(): AppState[] {
    return this.options.urls.map(
      (url) => this.states.get(url) ?? { url, ok: false, message: "Not reached yet.", at: new Date() },
    );
  }

  close(): void {
    this.stop.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private async visit(url: string): Promise<AppState> {
    clearTimeout(this.timers.get(url));
    const { reached, modified, ...state } = await syncApp({ ...this.options, signal: this.stop.signal }, url);
    if (this.stop.signal.aborted) return state;
    if (this.states.get(url)?.message !== state.message || modified) this.options.log(`sync: ${state.message}`);
    this.states.set(url, state);
    if (modified) this.options.onChange();
    this.timers.set(
      url,
      setTimeout(() => void this.visit(url), reached ? REACHED_EVERY_MS : UNREACHED_EVERY_MS),
    );
    return state;
  }
}
