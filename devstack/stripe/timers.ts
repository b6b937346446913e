import { ApiError } from "./errors.ts";
import type { Log } from "../service.ts";
import { decideDispute, missDeadline, openDispute } from "./resources/disputes.ts";
import { type ChargeSecret } from "./resources/charges.ts";
import { cancelIntent } from "./resources/payment-intents.ts";
import { arrivePayout, payOutAutomatically } from "./resources/payouts.ts";
import { moveRefund } from "./resources/refunds.ts";
import type { TimerKind, World } from "./world.ts";

const DAY = 86_400_000;
/** Node's timers hold no longer than this. */
const LONGEST = 2_147_483_647;
const NOBODY = { requestId: null, idempotencyKey: null };

const WORK: Readonly<Record<TimerKind, (world: World, subject: string) => void>> = {
  "hold.expire": (world, id) => void cancelIntent(world, id, "expired"),
  "refund.settle": (world, id) => void moveRefund(world, id, "succeeded"),
  "refund.fail": (world, id) => void moveRefund(world, id, "failed"),
  "dispute.open": (world, id) =>
    void openDispute(world, id, world.store.hidden<ChargeSecret>(id).dispute ?? "fraudulent"),
  "dispute.decide": (world, id) => decideDispute(world, id),
  "dispute.deadline": (world, id) => missDeadline(world, id),
  "payout.arrive": (world, id) => arrivePayout(world, id),
  "payout.daily": (world) => {
    payOutAutomatically(world);
    world.database.run("delete from idempotency_keys where created_at < ?", world.clock.now() - DAY);
    world.later(DAY, "payout.daily", "account");
  },
};

interface Row {
  readonly id: number;
  readonly due_at: number;
  readonly kind: TimerKind;
  readonly subject: string;
}

/** Does what is due: holds that expire, refunds that settle or fail, disputes, payouts. */
export class Timers {
  readonly #world: World;
  readonly #log: Log;
  #next: NodeJS.Timeout | undefined;
  /** Told after anything was done, so that what came of it is sent on. */
  onDone: () => void = () => {};

  constructor(world: World, log: Log) {
    this.#world = world;
    this.#log = log;
  }

  /** Begins the account's day where it has none yet. */
  start(): void {
    if (!this.#row("kind = 'payout.daily'")) this.#world.later(DAY, "payout.daily", "account");
    this.wake();
  }

  #row(where: string): Row | undefined {
    return this.#world.database.first<Row>(`select * from timers where ${where} order by due_at, id limit 1`);
  }

  /** Does all that is due now and sets the alarm for what is not. */
  wake(): void {
    clearTimeout(this.#next);
    let done = false;
    for (let row = this.#row("true"); row && row.due_at <= this.#world.clock.now(); row = this.#row("true")) {
      this.#do(row);
      done = true;
    }
    const next = this.#row("true");
    if (next && !this.#world.clock.frozen) {
      this.#next = setTimeout(() => this.wake(), Math.min(LONGEST, Math.max(1, next.due_at - this.#world.clock.now())));
      this.#next.unref();
    }
    if (done) this.onDone();
  }

  /** Lets time pass: each thing that falls due on the way happens at its own moment. */
  advanceTo(moment: number): void {
    for (let row = this.#row("true"); row && row.due_at <= moment; row = this.#row("true")) {
      this.#world.clock.goTo(row.due_at);
      this.#do(row);
    }
    this.#world.clock.goTo(moment);
    this.wake();
    this.onDone();
  }

  #do(row: Row): void {
    try {
      this.#world.as(NOBODY, () => {
        this.#world.database.run("delete from timers where id = ?", row.id);
        WORK[row.kind](this.#world, row.subject);
      });
    } catch (error) {
      // Somebody moved the object on meanwhile: there is nothing left to do.
      this.#log(
        `${row.kind} of ${row.subject} came to nothing: ${error instanceof ApiError ? error.message : String(error)}`,
      );
      this.#world.database.run("delete from timers where id = ?", row.id);
    }
  }

  close(): void {
    clearTimeout(this.#next);
  }
}
