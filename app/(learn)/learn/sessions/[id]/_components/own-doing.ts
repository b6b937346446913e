import { createContext } from "react";

/** Whether this page is sending an answer itself: what then comes over the channel is its own doing. */
export class Own {
  #sending = false;

  get sending(): boolean {
    return this.#sending;
  }

  begin(): void {
    this.#sending = true;
  }

  end(): void {
    this.#sending = false;
  }
}

export const OwnDoing = createContext(new Own());
