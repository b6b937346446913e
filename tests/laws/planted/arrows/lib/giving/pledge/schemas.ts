import { z } from "zod";
export const pledge = z.object({ amountMinor: z.int() });
