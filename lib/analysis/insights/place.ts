/** A place that a rule names; the engine fills in what is missing. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly endLine?: number | null | undefined;
  readonly label?: string | null | undefined;
}
