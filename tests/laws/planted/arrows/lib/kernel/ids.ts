// breaks: kernel-imports-nothing
import type { z } from "zod";
export type Id = z.ZodUUID;
