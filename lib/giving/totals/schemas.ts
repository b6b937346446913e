import { z } from "zod";

const count = z.number().int().min(0);

/** A campaign's totals, all gross, cover-the-fees excluded, in minor units of `currency`. */
export const totalsSchema = z.strictObject({
  currency: z.string(),
  /** Captured money less succeeded refunds and lost disputes. */
  raisedMinor: z.number().int(),
  /** Pledged or authorised, neither captured nor failed. */
  pendingMinor: count,
  refundedMinor: count,
  /** In open disputes. */
  disputedMinor: count,
  goalMinor: count,
  /** Distinct donors with captured money. */
  donorCount: count,
  /** Pledges that have neither failed nor been cancelled. */
  pledgeCount: count,
  completedCount: count,
  failedCount: count,
  /** Grows with each change; messages and snapshots that are not newer are dropped. */
  version: count,
  asOf: z.iso.datetime(),
  /** The database was out of reach: these are the last known. */
  stale: z.boolean(),
  source: z.enum(["memory", "redis", "database"]),
});
export type Totals = z.infer<typeof totalsSchema>;
