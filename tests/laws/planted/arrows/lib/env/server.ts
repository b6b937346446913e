import { z } from "zod";
import { Refusal } from "@/lib/kernel/errors";
export const secretKey = (): string => z.string().parse("planted");
export const refuse = (): never => {
  throw new Refusal();
};
