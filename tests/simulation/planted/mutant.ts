/** What a planted bug changes. What it changes must be there, once, or it cannot be planted. */
export type Change =
  /** A text in a file of the product. */
  | { readonly file: string; readonly from: string; readonly to: string }
  /** A text in a function of the database, as `schema.name`. It must not be about the clock, which the simulation replaces. */
  | { readonly routine: string; readonly from: string; readonly to: string }
  /** A constraint or a trigger of a table that goes, both as `schema.name`, or an index by its own. */
  | { readonly drop: "constraint" | "trigger"; readonly of: string; readonly name: string }
  | { readonly drop: "index"; readonly name: string };

/** A bug that is planted, alone, to see that the simulation finds it. */
export interface Mutant {
  readonly name: string;
  /** What goes wrong, and where guards hold behind each other, which of them go with it. */
  readonly why: string;
  readonly changes: readonly Change[];
}
