/** Hosted Supabase's smallest plan, so that what passes here passes there. */
export const LIMITS = {
  /** One broadcast's payload. */
  payloadBytes: 256 * 1024,
  /** A frame: the payload with its envelope and a token. */
  frameBytes: 256 * 1024 + 16 * 1024,
  /** A REST call may carry several messages. */
  requestBytes: 1024 * 1024,
  connections: 200,
  channelsPerConnection: 100,
  messagesPerSecond: 100,
  topicBytes: 255,
  /** What may wait for a client that reads too slowly before it is dropped. */
  unreadBytes: 4 * 1024 * 1024,
  /** Clients beat every 25 to 30 s; Phoenix gives up after 60. */
  silenceMs: 60_000,
} as const;

/** A token bucket: `perSecond` on average, twice that at once. */
export class RateLimit {
  readonly #perSecond: number;
  #tokens: number;
  #at = performance.now();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond * 2;
  }

  /** @returns false when there have been too many */
  take(): boolean {
    const now = performance.now();
    this.#tokens = Math.min(this.#perSecond * 2, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
