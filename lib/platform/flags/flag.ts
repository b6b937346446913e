import { AppError } from "@/lib/kernel/errors";
import type { Db } from "@/lib/platform/supabase/server";
import { log } from "@/lib/platform/telemetry/log";
import { isValueOf, type FlagRules, type FlagSubject } from "./decide";
import { FlagReader } from "./flag-reader";
import { FLAGS, type FlagDefinition, type FlagValue, type ProductFlags } from "./flags";
import { readFlagRules, writeFlagRules } from "./store";

/** Next has several module graphs in a process; one copy of the rules serves them all. */
const KEY = Symbol.for("devmentor.flags");
const home = globalThis as { [KEY]?: FlagReader<ProductFlags> };

/** What somebody gets of a flag, as operators have set it up to ten seconds ago. Never throws. */
export function flag<Name extends keyof ProductFlags>(
  name: Name,
  of: FlagSubject = {},
): Promise<FlagValue<ProductFlags[Name]>> {
  return (home[KEY] ??= new FlagReader({ table: FLAGS, read: readFlagRules, log })).get(name, of);
}

/**
 * Sets a flag's rules as the caller, on the record.
 * @param rules their `version` is the one that the operator was looking at; 0 when nothing had been set
 * @throws AppError `forbidden` unless the caller is an operator, `conflict` when somebody else was faster, `rule_broken`
 *   for a value that the flag cannot have or a missing reason, `not_found` for a flag that there is not
 */
export async function setFlag(db: Db, rules: FlagRules, reason: string): Promise<FlagRules> {
  const table: Readonly<Record<string, FlagDefinition>> = FLAGS;
  const definition = Object.hasOwn(table, rules.name) ? table[rules.name] : undefined;
  if (!definition) throw new AppError("not_found", "There is no such flag.");
  if (!isValueOf(definition, rules.value)) {
    const allowed = definition.type === "boolean" ? "on or off" : definition.choices.join(", ");
    throw new AppError("rule_broken", `This flag cannot have that value. It can be ${allowed}.`);
  }
  return writeFlagRules(db, rules, reason);
}
