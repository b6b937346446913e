import { z } from "zod";

const queueSchema = z.object({ waiting: z.number(), oldestSeconds: z.number() });
const counts = z.record(z.string(), z.number());

/** The queues that are kept in the database. */
export const QUEUES = ["outbox", "webhooks", "refunds", "payment_checks", "analyses"] as const;

/** What `operations_snapshot()` answers: how everything that the database knows of stands. */
export const operationsSchema = z.object({
  queues: z.object(
    Object.fromEntries(QUEUES.map((queue) => [queue, queueSchema])) as Record<QueueName, typeof queueSchema>,
  ),
  /** Given up and not decided on, by where they come from. */
  deadLetters: counts,
  unknownPayments: queueSchema,
  heldPayments: z.number(),
  pledges: z.object({ under_way: z.number(), completed: z.number(), failed: z.number() }),
  /** Minor units by currency. */
  money: z.record(
    z.string(),
    z.object({ raised: z.number(), pending: z.number(), refunded: z.number(), disputed: z.number() }),
  ),
  campaigns: counts,
  activeSessions: z.number(),
  analysesOfDay: counts,
  moneyCheck: z
    .object({
      at: z.string(),
      ageSeconds: z.number(),
      tookSeconds: z.number(),
      broken: counts,
      samples: z.array(
        z.object({ invariant: z.number(), name: z.string(), subject: z.string().nullable(), detail: z.unknown() }),
      ),
    })
    .nullable(),
  reconciliation: z.object({ at: z.string(), ageSeconds: z.number(), drift: counts }).nullable(),
  openDifferences: z.number(),
  ai: z.object({ spentMicro: z.number(), reservedMicro: z.number() }),
  connections: z.object({ used: z.number(), limit: z.number() }),
  /** The newest outage of each service, an open one first. */
  outages: z.array(
    z.object({ service: z.string(), cause: z.string(), openedAt: z.string(), recoveredAt: z.string().nullable() }),
  ),
  deployments: z.object({ ofDay: z.number(), regions: z.number(), firstSeconds: z.number() }),
});

export type QueueName = (typeof QUEUES)[number];
export type Operations = z.output<typeof operationsSchema>;
