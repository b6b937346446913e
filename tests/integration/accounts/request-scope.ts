/**
 * What Next gives a request handler: a cookie jar, headers, and `after`. Tests call the handlers
 * themselves, so they bring it; everything below (Auth, Data API, Postgres, Redis) is real.
 */
export class CookieJar {
  readonly #cookies = new Map<string, string>();
  readonly getAll = () => [...this.#cookies].map(([name, value]) => ({ name, value }));
  readonly get = (name: string) => {
    const value = this.#cookies.get(name);
    return value === undefined ? undefined : { name, value };
  };
  readonly set = (name: string, value: string, options?: { maxAge?: number }) => {
    if (value === "" || options?.maxAge === 0) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  };
  readonly delete = (which: string | { name: string }) => {
    this.#cookies.delete(typeof which === "string" ? which : which.name);
  };
  readonly clear = () => this.#cookies.clear();
}

export const scope = { jar: new CookieJar(), headers: new Headers(), later: [] as Promise<unknown>[] };

/** For `vi.mock("next/headers", …)`. */
export const nextHeaders = () => ({ cookies: async () => scope.jar, headers: async () => scope.headers });

/** For `vi.mock("next/server", …)`: `after` runs at once and can be waited for. */
export async function nextServer(importOriginal: () => Promise<unknown>): Promise<Record<string, unknown>> {
  const original = (await importOriginal()) as Record<string, unknown>;
  return { ...original, after: (task: () => unknown) => void scope.later.push(Promise.resolve().then(task)) };
}

/** Waits for what was left for after the answer. */
export async function settled(): Promise<void> {
  await Promise.allSettled(scope.later.splice(0));
}
