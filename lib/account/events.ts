import { z } from "zod";

/** Appended by the database when an account is made (trigger on auth.users). */
export const USER_CREATED = "user/created";

export const userCreatedSchema = z.object({ userId: z.uuid() });
