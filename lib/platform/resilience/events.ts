import { z } from "zod";

/** `platform/outage.opened`: a service was found out; told once, however many processes noticed. */
export const outageOpenedSchema = z.object({
  outageId: z.uuid(),
  service: z.string(),
  cause: z.string(),
  openedAt: z.string(),
});

/** `platform/outage.recovered`: it answers again. */
export const outageRecoveredSchema = z.object({
  outageId: z.uuid(),
  service: z.string(),
  openedAt: z.string(),
  recoveredAt: z.string(),
});
