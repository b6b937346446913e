import "server-only";
import { AppError } from "@/lib/kernel/errors";
import { log } from "@/lib/platform/telemetry/log";
import { replayStored, storeAnswer, storeRefusal, REPLAYED, type IdempotentAnswer, type StoredAnswer } from "./answer";
import { recall, remember } from "./fast-path";
import { fingerprint, readKey, type CallerHash } from "./key";
import { IDEMPOTENCY_POLICIES, meaningOf, type IdempotencyPolicy } from "./policy";
import {
  advance,
  claim,
  lookUp,
  settle,
  STARTED,
  type Claim,
  type Lease,
  type Progress,
  type Slot,
  type Standing,
} from "./store";

export interface IdempotentRequest {
  /** Names the operation, e.g. `POST /api/v1/pledges`; a key belongs to (route, caller). */
  readonly route: string;
  readonly caller: CallerHash;
  /** The `Idempotency-Key` header as it came. */
  readonly keyHeader: string | null | undefined;
  /** The validated body; without what may change between two tries of one request (a challenge's token). */
  readonly fingerprintOf: unknown;
  /** Default `create`. */
  readonly policy?: IdempotencyPolicy;
  /**
   * The rules (422, 404), looked at after the key and before it is claimed: when it throws nothing is written. Limits and
   * challenges belong into the work, so that only the winner of the claim is counted.
   */
  readonly check?: () => Promise<void>;
  /**
   * Instead of `check`, where the rules and the claim are one transaction: looks the key up, checks a new one, claims it.
   * It throws before anything is written.
   */
  readonly claim?: (slot: Slot, leaseSeconds: number) => Promise<Claim>;
  /** Makes the body of a replay, where that shows the present state; otherwise it is the stored one. */
  readonly replay?: (stored: Extract<StoredAnswer, { kind: "answer" }>) => Promise<unknown>;
  /** Told how each call ended; for metrics. */
  readonly observe?: (how: IdempotencyOutcome) => void;
}

export type IdempotencyOutcome =
  | "worked"
  | "replayed"
  | "replayed_fast"
  | "running"
  | "reused"
  | "expired"
  | "lease_lost";

/** What the work gets. */
export interface IdempotentWork {
  /** `started`, or where an earlier try got to: what was done before it is not done again. */
  readonly recoveryPoint: string;
  /** What earlier tries left with {@link advance}. */
  readonly progress: Progress;
  /** For the domain's SQL function: `perform private.hold_idempotency(id, fence)`. */
  readonly lease: Lease;
  /**
   * Remembers how far the work is, adds to `progress` and renews the lease.
   * @throws AppError `idempotency_in_progress` when another holds the key now: let it through
   */
  advance(recoveryPoint: string, further?: Progress): Promise<void>;
  /** Tells that the domain's own transaction has settled the key, with the answer that the work now returns. */
  settled(at: Date): void;
}

/**
 * Does a piece of work once for a key, however often and in how many processes it is asked for.
 *
 * The first call works; one that comes meanwhile is refused; later ones get the same answer with
 * `Idempotency-Replayed: true`. After a 202, a 5xx or a death the next call goes on from the recovery
 * point; after a 429 or 403 it starts anew. The answer is stored as given, so it holds no secret.
 * @throws AppError `idempotency_key_required`, `idempotency_key_invalid` (400), `idempotency_key_reused` (422),
 *   `idempotency_in_progress` and `idempotency_key_expired` (409), `database_unavailable`, and what the work throws
 */
export async function withIdempotency(
  request: IdempotentRequest,
  work: (context: IdempotentWork) => Promise<IdempotentAnswer>,
): Promise<IdempotentAnswer> {
  const { policy = IDEMPOTENCY_POLICIES.create, route, caller } = request;
  const slot: Slot = {
    route,
    caller,
    key: readKey(request.keyHeader),
    fingerprint: fingerprint(request.fingerprintOf),
  };
  const remembered = await recall(slot);
  if (remembered) {
    if (remembered.fingerprint !== slot.fingerprint) throw reused(request);
    request.observe?.("replayed_fast");
    return replayed(request, policy, remembered.answer);
  }
  if (request.check) {
    const standing = await lookUp(slot);
    const known = await settled(request, policy, slot, standing);
    if (known) return known;
    // What is half done is driven on, whatever the rules say by now.
    if (standing.outcome === "new" || (standing.outcome === "open" && standing.recoveryPoint === STARTED)) {
      await request.check();
    }
  }
  const claimed = await (request.claim ?? claim)(slot, policy.leaseSeconds);
  if (claimed.outcome !== "claimed") {
    const known = await settled(request, policy, slot, claimed);
    if (known) return known;
    throw new Error("A key was neither claimed nor settled.");
  }
  const lease: Lease = { id: claimed.id, fence: claimed.fence, seconds: policy.leaseSeconds };
  let progress: Progress = claimed.progress;
  let settledAt: Date | undefined;
  const context: IdempotentWork = {
    recoveryPoint: claimed.recoveryPoint,
    progress,
    lease,
    advance: async (recoveryPoint, further) => {
      progress = { ...progress, ...further };
      await advance(lease, recoveryPoint, progress, policy.leaseSeconds);
    },
    settled: (at) => {
      settledAt = at;
    },
  };
  let answer: IdempotentAnswer;
  try {
    answer = await work(context);
  } catch (error) {
    return endRefused(request, policy, slot, lease, error);
  }
  const stored = meaningOf(answer.status, policy) === "final" ? storeAnswer(answer) : undefined;
  if (stored && settledAt) await remember(slot, stored, settledAt);
  else {
    const outdone = await end(request, policy, slot, lease, stored);
    if (outdone) return outdone;
  }
  request.observe?.("worked");
  return answer;
}

/** A refusal may be the work's final answer; anything else leaves the work to the next call. */
async function endRefused(
  request: IdempotentRequest,
  policy: IdempotencyPolicy,
  slot: Slot,
  lease: Lease,
  error: unknown,
): Promise<IdempotentAnswer> {
  if (isLost(error)) return outdoneBy(request, policy, slot, error);
  const final = error instanceof AppError && meaningOf(error.status, policy) === "final";
  try {
    const outdone = await end(request, policy, slot, lease, final ? storeRefusal(error) : undefined);
    if (outdone) return outdone;
  } catch (failure) {
    // What the work said must not be hidden by this; the lease ends by itself.
    if (final) throw failure;
    log.warn({ error: failure }, "a key could not be opened again; it opens when its lease ends");
  }
  request.observe?.("worked");
  throw error;
}

/** Settles the claim. @returns another's answer when the lease was lost and the key is answered */
async function end(
  request: IdempotentRequest,
  policy: IdempotencyPolicy,
  slot: Slot,
  lease: Lease,
  stored: StoredAnswer | undefined,
): Promise<IdempotentAnswer | undefined> {
  try {
    const settledAt = await settle(lease, stored);
    if (stored) await remember(slot, stored, settledAt);
    return undefined;
  } catch (error) {
    if (!isLost(error)) throw error;
    return outdoneBy(request, policy, slot, error);
  }
}

const isLost = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === "idempotency_in_progress";

/** Another took the key over: its answer counts, once there is one. */
async function outdoneBy(
  request: IdempotentRequest,
  policy: IdempotencyPolicy,
  slot: Slot,
  lost: AppError,
): Promise<IdempotentAnswer> {
  request.observe?.("lease_lost");
  const known = await settled(request, policy, slot, await lookUp(slot));
  if (known) return known;
  throw new AppError(lost.code, lost.message, { cause: lost, retryAfterSeconds: 1 });
}

/**
 * @returns the replay when the key is answered; undefined when it may be claimed
 * @throws AppError when it is in progress, was used for another body, or is too old
 */
async function settled(
  request: IdempotentRequest,
  policy: IdempotencyPolicy,
  slot: Slot,
  standing: Standing,
): Promise<IdempotentAnswer | undefined> {
  switch (standing.outcome) {
    case "answered":
      await remember(slot, standing.answer, standing.settledAt);
      request.observe?.("replayed");
      return replayed(request, policy, standing.answer);
    case "running":
      request.observe?.("running");
      throw new AppError(
        "idempotency_in_progress",
        "This request is still being worked on. Nothing was started twice. Ask again with the same key in a moment.",
        {
          retryAfterSeconds: Math.max(1, standing.retryAfterSeconds),
        },
      );
    case "reused":
      throw reused(request);
    case "expired":
      request.observe?.("expired");
      throw new AppError(
        "idempotency_key_expired",
        "This Idempotency-Key was used more than 72 hours ago, and its answer is no longer kept. Nothing was done. Look whether the first request took effect; send a new key to make a new request.",
      );
    default:
      return undefined;
  }
}

async function replayed(
  request: IdempotentRequest,
  policy: IdempotencyPolicy,
  stored: StoredAnswer,
): Promise<IdempotentAnswer> {
  const answer = replayStored(stored, policy.replayedAs);
  if (stored.kind === "refusal" || !request.replay) return answer;
  return { ...answer, headers: { ...answer.headers, ...REPLAYED }, body: await request.replay(stored) };
}

function reused(request: IdempotentRequest): AppError {
  request.observe?.("reused");
  return new AppError(
    "idempotency_key_reused",
    "This Idempotency-Key was used for a request with another content. Nothing was done. Repeat the first request exactly, or send a new key.",
  );
}
