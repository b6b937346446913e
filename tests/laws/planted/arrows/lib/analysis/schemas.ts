import { z } from "zod";
export const analysis = z.object({ id: z.uuid() });
