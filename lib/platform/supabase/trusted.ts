import "server-only";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { serverEnv } from "@/lib/env/server";
import type { Database } from "./database.types";
import { unwrap } from "./failure";
import { supabaseFetch } from "./fetch";

type Functions = Database["public"]["Functions"];

/**
 * The closed list of SQL functions that the server's own key may call. The client itself never
 * leaves this file; adding a name here is the review point for anything that bypasses RLS. Only
 * `store.ts` files may import this module (dependency-cruiser holds that).
 */
export const TRUSTED_FUNCTIONS = [
  "issue_email_verification",
  "issue_password_reset",
  "read_account_link",
  "verify_email",
  "reset_password",
  "end_reused_token_family",
  "claim_outbox",
  "settle_outbox",
  "outbox_backlog",
  "prune_outbox",
  "look_up_idempotency",
  "claim_idempotency",
  "advance_idempotency",
  "settle_idempotency",
  "strip_idempotency",
  "start_analysis",
  "read_analysis_job",
  "record_analysis_progress",
  "complete_analysis",
  "fail_analysis",
  "fail_stale_analyses",
  "record_analysis_phase",
  "record_analysis_files",
  "record_analysis_scan",
  "refine_analysis_estimate",
  "read_analysis_phases",
  "analysis_mail_recipients",
  "store_github_token",
  "read_github_token",
  "delete_github_token",
  "publish_cache_invalidation",
  "record_outage_opened",
  "record_outage_recovered",
  "read_state",
  "write_state",
  "publish_message",
  "record_analytics",
  "read_flags",
  "take_rate_limit",
  "read_blocks",
  "create_campaign",
  "update_campaign",
  "admin_campaigns",
  "admin_pledges",
  "admin_activity",
  "admin_overview",
  "admin_pledge_story",
  "list_my_gifts",
  "claim_giving_mail",
  "settle_giving_mail",
  "read_giving_mail",
  "read_mail_facts",
  "list_owner_digests",
  "set_owner_updates",
  // Learning.
  "enrol_in_track",
  "leave_track",
  "start_learning_session",
  "touch_learning_session",
  "checkpoint_learning_session",
  "end_learning_session",
  "check_learning_session",
  "expire_learning_sessions",
  "read_learning_turn",
  "give_learning_hint",
  "read_learner_model",
  "read_item_shifts",
  "read_attempts",
  "record_learning_response",
  "record_last_learning_response",
  "appeal_response",
  "list_responses_for_review",
  "read_response_for_review",
  "settle_response",
  "remember_patterns",
  "read_learner_patterns",
  "match_learner_patterns",
  "correct_pattern",
  "forget_pattern",
  "page_learner_patterns",
  "read_analysis_patterns",
  "give_own_code_consent",
  "withdraw_own_code_consent",
  "ask_own_code",
  "read_own_code_run",
  "keep_own_code_functions",
  "next_own_code_functions",
  "keep_own_code_items",
  "finish_own_code",
  "fail_own_code",
  "read_own_code_activity",
  "list_own_code_choices",
  "keep_own_code_question",
  // Giving: the money in SQL (docs/giving.md).
  "claim_pledge",
  "begin_pledge",
  "add_payment",
  "read_pledge",
  "find_payment",
  "record_intent",
  "begin_confirm",
  "begin_provider_call",
  "bump_provider_call",
  "mark_payment_unknown",
  "mark_payment_waiting",
  "intend_cancel",
  "record_attempt",
  "apply_payment_event",
  "apply_and_settle",
  "cancel_pledge",
  "hold_payment",
  "review_payment",
  "request_refund",
  "ask_refund",
  "decide_refund",
  "claim_due_refunds",
  "fail_refund",
  "read_failed_refund",
  "admin_refund_desk",
  "list_gifts_to_end",
  "record_refund",
  "record_dispute",
  "store_webhook_event",
  "settle_webhook_event",
  "claim_webhook_events",
  "claim_payment_checks",
  "read_risk",
  "block_card",
  "admin_card_blocks",
  "admin_blocks",
  "claim_guest_gifts",
  "project_totals",
  "project_payment",
  "list_unprojected",
  "publish_to_administration",
  "check_invariants",
  // Share links of analyses.
  "share_analysis",
  "revoke_analysis_share",
  "read_analysis_share",
  "read_shared_analysis",
  "read_analysis_badge",
  "suppress_finding",
  "restore_finding",
  "record_analysis_packages",
  "ask_vulnerabilities",
  "read_vulnerability_job",
  "complete_vulnerabilities",
  "fail_vulnerabilities",
  // Models, and what they cost.
  "read_model_uses",
  "ai_overview",
  "reserve_ai_call",
  "settle_ai_call",
  "recall_ai_answer",
  "purge_ai_calls",
  "keep_analysis_wording",
  "forget_analysis_wording",
] as const satisfies readonly (keyof Functions)[];

export type TrustedFunction = (typeof TRUSTED_FUNCTIONS)[number];

let client: SupabaseClient<Database> | undefined;

function trustedClient(): SupabaseClient<Database> {
  const env = serverEnv();
  client ??= createClient<Database>(env.SUPABASE_URL, env.SUPABASE_SECRET_KEY, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    db: { retry: false },
    global: { fetch: supabaseFetch },
  });
  return client;
}

/**
 * Calls one of {@link TRUSTED_FUNCTIONS} as service_role.
 * @throws AppError `database_unavailable` when the database is out of reach, or what the function refused with.
 */
export async function callTrusted<Name extends TrustedFunction>(
  name: Name,
  args: Functions[Name]["Args"],
): Promise<Functions[Name]["Returns"]> {
  if (!(TRUSTED_FUNCTIONS as readonly string[]).includes(name)) throw new Error(`${name} is not a trusted function`);
  return unwrap(await trustedClient().rpc(name, args)) as Functions[Name]["Returns"];
}
