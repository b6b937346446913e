import type { Database } from "./database.ts";

interface Setting {
  /** What is added to the machine's time, ms. */
  readonly offset: number;
  /** Stands still at this moment, ms since 1970; null runs on. */
  readonly frozenAt: number | null;
}

/** The emulator's own time: runs with the machine's, may be set ahead or be held. Outlives a restart. */
export class Clock {
  readonly #database: Database;
  #setting: Setting;

  constructor(database: Database) {
    this.#database = database;
    this.#setting = database.setting<Setting>("clock", { offset: 0, frozenAt: null });
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#setting.frozenAt ?? Date.now() + this.#setting.offset;
  }

  /** Seconds since 1970, as Stripe tells times. */
  seconds(): number {
    return Math.floor(this.now() / 1_000);
  }

  get frozen(): boolean {
    return this.#setting.frozenAt !== null;
  }

  /** Goes to a moment; never back, since Stripe's time does not either. */
  goTo(at: number): void {
    if (at < this.now()) return;
    const { frozenAt } = this.#setting;
    this.#keep(frozenAt === null ? { offset: at - Date.now(), frozenAt } : { offset: 0, frozenAt: at });
  }

  freeze(): void {
    this.#keep({ offset: 0, frozenAt: this.now() });
  }

  resume(): void {
    this.#keep({ offset: this.now() - Date.now(), frozenAt: null });
  }

  /** Reads the setting again after the database was wiped. */
  reload(): void {
    this.#setting = this.#database.setting<Setting>("clock", { offset: 0, frozenAt: null });
  }

  #keep(setting: Setting): void {
    this.#setting = setting;
    this.#database.set("clock", setting);
  }
}
