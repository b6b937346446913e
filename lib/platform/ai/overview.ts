import "server-only";
import { serverEnv } from "@/lib/env/server";
import { breakerStates } from "@/lib/platform/resilience/resilience";
import { modelHosts, providers } from "./providers";
import { readOverview, type SpendingDay, type Trouble } from "./store";

/** What models did and cost, for operators. Money is in millionths of a US dollar. */
export interface ModelOverview {
  readonly today: { readonly spentMicro: number; readonly reservedMicro: number; readonly mostByOneMicro: number };
  readonly budgets: { readonly allMicro: number; readonly personMicro: number };
  /** Each day (UTC) and task, the newest day first. */
  readonly days: readonly SpendingDay[];
  /** What went wrong lately, the newest first. */
  readonly troubles: readonly Trouble[];
  /** In the order of asking, each with its breaker as this process sees it. */
  readonly providers: readonly {
    readonly name: string;
    readonly model: string;
    readonly host: string;
    readonly breaker: "closed" | "open" | "half_open" | "not_called";
    readonly openedAt: string | null;
  }[];
}

/** @throws AppError `forbidden` for anybody but an operator, `database_unavailable` */
export async function modelOverview(operatorId: string, days: number): Promise<ModelOverview> {
  const { spentMicro, reservedMicro, mostByOneMicro, ...rest } = await readOverview(operatorId, days);
  const env = serverEnv();
  const states = breakerStates();
  const hosts = modelHosts();
  return {
    today: { spentMicro, reservedMicro, mostByOneMicro },
    budgets: { allMicro: env.AI_DAILY_BUDGET_MICRO_USD, personMicro: env.AI_USER_DAILY_BUDGET_MICRO_USD },
    ...rest,
    providers: providers().map(({ name, modelId }, index) => {
      const state = states.find(({ service }) => service === `ai:${name}`);
      return {
        name,
        model: modelId,
        host: hosts[index]?.host ?? "",
        breaker: state?.state ?? "not_called",
        openedAt: state?.openedAt?.toISOString() ?? null,
      };
    }),
  };
}
