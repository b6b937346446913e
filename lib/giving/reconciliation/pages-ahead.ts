import type { StripePage, Window } from "@/lib/platform/stripe/lists";

type List<T> = (window: Window, after: string | null) => Promise<StripePage<T>>;

/** Pages of the provider's lists: while one is compared, the next is on its way. */
export class PagesAhead {
  #ahead: { readonly list: unknown; readonly after: string; readonly page: Promise<unknown> } | undefined;

  /** A page behind `after`; null: the first. @throws what the list fails with, when that page's turn comes */
  async page<T>(list: List<T>, window: Window, after: string | null): Promise<StripePage<T>> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const known = ahead?.list === list && ahead.after === after;
    const page = await (known ? (ahead.page as Promise<StripePage<T>>) : list(window, after));
    if (page.next !== null) {
      const next = list(window, page.next);
      // Whoever asks for it is told; nobody may.
      next.catch(() => undefined);
      this.#ahead = { list, after: page.next, page: next };
    }
    return page;
  }
}

/** Where a run is: what it looks at, behind which object it goes on, and the pages that are on their way. */
export interface Place {
  readonly window: Window;
  readonly after: string | null;
  readonly pages: PagesAhead;
}
