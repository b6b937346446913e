import "server-only";
import { z } from "zod";
import type { Json } from "@/lib/platform/supabase/database.types";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import type { StateScope } from "./policies";

export interface StateWrite {
  readonly scope: StateScope;
  readonly key: string;
  /** The version that is replaced; 0 when there is none yet. */
  readonly expected: number;
  readonly value: unknown;
  /** Names this write, so that it takes effect once however often it is sent. */
  readonly write: string;
  /** Whether Redis was told beforehand; if not, the database publishes `state/changed`. */
  readonly announced: boolean;
}

export interface StateRow {
  /** 0 when nobody has written it. */
  readonly version: number;
  readonly value: unknown;
}

/** The truth that copies are made of. */
export interface StateTruth {
  read(scope: StateScope, key: string): Promise<StateRow>;
  /** @returns what stands now, and whether that is this write's doing */
  write(write: StateWrite): Promise<StateRow & { readonly applied: boolean }>;
}

const rowSchema = z.object({ version: z.number().int(), value: z.unknown() });
const writtenSchema = rowSchema.extend({ applied: z.boolean() });

/** Postgres. Both throw AppError `database_unavailable`; a value beyond 256 KB is `rule_broken`. */
export const stateTable: StateTruth = {
  read: async (scope, key) =>
    rowSchema.nullable().parse(await callTrusted("read_state", { p_scope: scope, p_key: key })) ?? {
      version: 0,
      value: null,
    },
  write: async ({ scope, key, expected, value, write, announced }) =>
    writtenSchema.parse(
      await callTrusted("write_state", {
        p_scope: scope,
        p_key: key,
        p_expected: expected,
        p_value: value as Json,
        p_write: write,
        p_announced: announced,
      }),
    ),
};
