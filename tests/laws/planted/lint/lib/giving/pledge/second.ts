// breaks: import(no-cycle)
import { first } from "./first";
export const second = (): string => first();
