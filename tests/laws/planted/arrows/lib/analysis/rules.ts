import { analysis } from "./schemas";
export const known = (value: unknown): boolean => analysis.safeParse(value).success;
