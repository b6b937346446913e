import type { Reply } from "./product.ts";

/** A gift as its donor's browser knows it. */
export interface Gift {
  readonly number: number;
  readonly key: string;
  readonly address: string;
  readonly email: string;
  readonly campaign: number;
  readonly request: object;
  /** Once any answer named it. */
  pledgeId?: string;
  paymentId?: string;
  statusToken?: string;
  /** Whether it was answered as new: only once in a key's life. */
  made?: boolean;
  /** Further cards that were tried, each under a key of its own. */
  readonly cards: { readonly key: string; readonly paymentMethod: string }[];
  /** Statuses of all answers, in order; 0: none came. */
  readonly answers: number[];
}

/** A refund that our API has taken in. */
export interface AskedRefund {
  readonly id: string;
  readonly paymentId: string;
  readonly amountMinor: number;
}

/** A refund that was asked for without an answer: its key may be sent again. */
export interface UnansweredRefund {
  readonly key: string;
  readonly paymentId: string;
  readonly amountMinor: number;
}

/** Something that must not be: its kind first, so that a shorter schedule can be told to break the same way. */
export class Broken extends Error {
  override readonly name = "Broken";

  constructor(kind: string, details: unknown) {
    super(`${kind}\n${JSON.stringify(details, null, 1)}`);
  }
}

/**
 * What the application has said to anybody. An answer is a promise: whatever crashes later, it must still be true. This is the model
 * that the end of a run is compared with; what was not answered may have happened or not.
 */
export class Acknowledged {
  readonly gifts: Gift[] = [];
  readonly refunds = new Map<string, AskedRefund>();
  readonly unanswered: UnansweredRefund[] = [];
  /** Newest status of each campaign that an answer has named, by number. */
  readonly campaigns = new Map<number, string>();
  /** Ids of webhook events that were answered with 2xx. */
  readonly events = new Set<string>();
  #asked = 0;

  /** A number for the key of the next refund that is asked for. */
  nextRefund(): number {
    this.#asked += 1;
    return this.#asked;
  }

  /** @throws Broken when the answer contradicts one that was given before */
  answered(gift: Gift, reply: Reply): void {
    gift.answers.push(reply.status);
    if (reply.status === 201 && gift.made === true)
      throw new Broken("one key was told twice that it is new", { gift, reply });
    gift.made = gift.made === true || reply.status === 201;
    const { pledge, payment, statusToken } = reply.body as {
      pledge?: { id?: string };
      payment?: { id?: string };
      statusToken?: string;
    };
    if (pledge?.id !== undefined) {
      if (gift.pledgeId !== undefined && gift.pledgeId !== pledge.id)
        throw new Broken("one key made two pledges", { gift, reply });
      const other = this.gifts.find((each) => each !== gift && each.pledgeId === pledge.id);
      if (other) throw new Broken("two keys made one pledge", { gift, other });
      gift.pledgeId = pledge.id;
    }
    if (payment?.id !== undefined) gift.paymentId = payment.id;
    if (statusToken !== undefined) gift.statusToken = statusToken;
  }

  /** Gifts of which somebody was told. */
  get known(): readonly (Gift & { pledgeId: string })[] {
    return this.gifts.filter((gift): gift is Gift & { pledgeId: string } => gift.pledgeId !== undefined);
  }
}
