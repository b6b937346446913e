// breaks: no-circular
import type { Second } from "./second";
export type First = { second?: Second };
