/** A message as the gate sees it. */
interface Versioned {
  readonly type: string;
  readonly version: number;
}

/** The version a snapshot stands for: of the whole channel, or of each type. */
export type SnapshotVersion = number | Readonly<Record<string, number>>;

/**
 * Lets each message through once and only forward. Delivery is neither certain nor ordered across
 * reconnects, so what is not newer than what is shown already is dropped; what comes before the
 * snapshot waits for it.
 */
export class MessageGate<Message extends Versioned> {
  readonly #perType: boolean;
  readonly #shown = new Map<string, number>();
  #waiting: Message[] | null = [];

  constructor(versions: "channel" | "type") {
    this.#perType = versions === "type";
  }

  /** @returns the message when it may be shown now; null when it is old or has to wait */
  take(message: Message): Message | null {
    if (this.#waiting) {
      this.#waiting.push(message);
      return null;
    }
    if (!this.isNewer(message)) return null;
    this.#shown.set(this.#counter(message.type), message.version);
    return message;
  }

  /** Whether a message is ahead of all that has been shown. */
  isNewer(message: Versioned): boolean {
    return message.version > (this.#shown.get(this.#counter(message.type)) ?? Number.NEGATIVE_INFINITY);
  }

  /** Makes messages wait again, for a snapshot that is being fetched. */
  hold(): void {
    this.#waiting ??= [];
  }

  /**
   * Takes over a snapshot.
   * @returns whether it is at least as new as what is shown (an overtaken answer is not), and the
   *   messages that waited and are newer than it, oldest first
   */
  release(version: SnapshotVersion): { current: boolean; messages: Message[] } {
    const versions = typeof version === "number" ? { [CHANNEL]: version } : version;
    const current = Object.entries(versions).every(
      ([counter, at]) => at >= (this.#shown.get(counter) ?? Number.NEGATIVE_INFINITY),
    );
    if (current) for (const [counter, at] of Object.entries(versions)) this.#shown.set(counter, at);
    const waited = (this.#waiting ?? []).toSorted((a, b) => a.version - b.version);
    this.#waiting = null;
    return { current, messages: waited.filter((message) => this.take(message) !== null) };
  }

  #counter(type: string): string {
    return this.#perType ? type : CHANNEL;
  }
}

const CHANNEL = "*";
