// the other half of the cycle, which is reported once, at first.ts
import type { First } from "./first";
export type Second = { first?: First };
