import { callTrusted } from "@/lib/platform/supabase/trusted";

/** Where outages are recorded, once for all processes. */
export interface OutageStore {
  /**
   * @returns whether this call began the outage
   * @throws AppError `database_unavailable`
   */
  opened(service: string, cause: string, at: Date): Promise<boolean>;
  /**
   * @param unconfirmedSeconds end only an outage that no process has confirmed for this long; 0 ends any
   * @returns whether this call ended the outage
   * @throws AppError `database_unavailable`
   */
  recovered(service: string, at: Date, unconfirmedSeconds: number): Promise<boolean>;
}

/** `private.outages`, through its two functions. */
export const outageStore: OutageStore = {
  opened: (service, cause, at) =>
    callTrusted("record_outage_opened", { p_service: service, p_cause: cause, p_opened_at: at.toISOString() }),
  recovered: (service, at, unconfirmedSeconds) =>
    callTrusted("record_outage_recovered", {
      p_service: service,
      p_recovered_at: at.toISOString(),
      p_unconfirmed_seconds: unconfirmedSeconds,
    }),
};
