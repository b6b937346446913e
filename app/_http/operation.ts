import type { z } from "zod";
import type { ErrorCode } from "@/lib/kernel/errors";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Who may call. `user` = a valid token or session; `live` = also checked against the live session
 * and role table, for what touches money or administration; a role implies `live`.
 */
export type Access = "public" | "user" | "live" | "campaign_admin" | "operator";

/**
 * One API operation, described once: the route validates with it and the OpenAPI document is made
 * from it, so neither can drift from the other.
 */
export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  readonly id: string;
  readonly method: Method;
  /** OpenAPI path template, e.g. `/api/v1/analyses/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly access: Access;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Largest body read, in bytes; 64 KiB unless told. */
  readonly maxBodyBytes?: number;
  /** Successful answers by status; `null` for one without a body, or whose body is a file of the given type. */
  readonly responses: Readonly<
    Record<number, { readonly description: string; readonly schema: z.ZodType | null; readonly file?: string }>
  >;
  readonly errors: readonly ErrorCode[];
}

/** Types an operation; it does nothing at run time. */
export function defineOperation<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(operation: Operation<Params, Query, Body>): Operation<Params, Query, Body> {
  return operation;
}
