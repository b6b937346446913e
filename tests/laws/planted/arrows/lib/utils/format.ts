// breaks: lib-in-known-rooms
import { Refusal } from "@/lib/kernel/errors";
export const format = (error: Refusal): string => error.message;
