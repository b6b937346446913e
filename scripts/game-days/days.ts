import { staleCaches } from "./caches.ts";
import type { GameDay } from "./day.ts";
import { failover } from "./failover.ts";
import { outboxBacklog } from "./outbox-backlog.ts";
import { redisLost } from "./redis-lost.ts";
import { restored } from "./restored.ts";
import { stripeOut } from "./stripe-out.ts";
import { webhookSecret } from "./webhook-secret.ts";

/** Every outage that is rehearsed, the shortest first. */
export const DAYS: readonly GameDay[] = [
  redisLost,
  staleCaches,
  webhookSecret,
  failover,
  restored,
  stripeOut,
  outboxBacklog,
];
