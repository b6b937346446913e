interface Described {
  /** Whom to ask before changing it. */
  readonly owner: string;
  /** What it decides, for the operator who sets it. */
  readonly description: string;
}

interface BooleanFlag extends Described {
  readonly type: "boolean";
  /** For everybody whom no rule takes in, and for all while the store is down: the product as it was released. */
  readonly default: boolean;
  /** For everybody once an operator has pulled the kill switch. */
  readonly off: boolean;
}

interface ChoiceFlag extends Described {
  readonly type: "choice";
  readonly choices: readonly string[];
  readonly default: string;
  readonly off: string;
}

export type FlagDefinition = BooleanFlag | ChoiceFlag;
export type FlagTable = Readonly<Record<string, FlagDefinition>>;

/** What a flag of a table can be. */
export type FlagValue<Flag extends FlagDefinition> = Flag extends ChoiceFlag ? Flag["choices"][number] : boolean;

/** Every flag of the product. Who gets what is set in the database, by operators. */
export const FLAGS = {
  "start-analyses": {
    type: "boolean",
    default: true,
    off: false,
    owner: "learning",
    description: "Whether new analyses are taken. Pull it when clones overload us or a host asks us to stop.",
  },
} as const satisfies FlagTable;

export type ProductFlags = typeof FLAGS;
