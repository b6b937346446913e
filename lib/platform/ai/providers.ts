import "server-only";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModel } from "ai";
import { ANTHROPIC_PRICES, serverEnv, type ServerEnv } from "@/lib/env/server";
import { outsideFetch } from "@/lib/platform/telemetry/outside";
import type { Prices } from "./budget";

export interface Provider {
  readonly name: "anthropic" | "openai";
  /** Its host, for people to read before they send something there. */
  readonly host: string;
  readonly modelId: string;
  readonly prices: Prices;
  readonly model: LanguageModel;
}

/** One attempt each; the policy `ai` repeats, limits and breaks. */
const observed = (operation: string) => outsideFetch({ service: "ai", operationOf: () => operation, propagate: false });

const MAKERS: Readonly<Record<Provider["name"], (env: ServerEnv) => Provider | null>> = {
  anthropic: (env) =>
    env.AI_ANTHROPIC_API_KEY === undefined
      ? null
      : {
          name: "anthropic",
          host: new URL(env.AI_ANTHROPIC_URL).host,
          modelId: env.AI_ANTHROPIC_MODEL,
          prices: ANTHROPIC_PRICES[env.AI_ANTHROPIC_MODEL],
          model: createAnthropic({
            apiKey: env.AI_ANTHROPIC_API_KEY,
            baseURL: env.AI_ANTHROPIC_URL,
            fetch: observed("anthropic messages"),
          })(env.AI_ANTHROPIC_MODEL),
        },
  openai: (env) =>
    env.AI_OPENAI_API_KEY === undefined || env.AI_OPENAI_MODEL === undefined || env.AI_OPENAI_PRICES === undefined
      ? null
      : {
          name: "openai",
          host: new URL(env.AI_OPENAI_URL).host,
          modelId: env.AI_OPENAI_MODEL,
          prices: env.AI_OPENAI_PRICES,
          model: createOpenAICompatible({
            name: "openai",
            apiKey: env.AI_OPENAI_API_KEY,
            baseURL: env.AI_OPENAI_URL,
            fetch: observed("openai chat"),
            supportsStructuredOutputs: true,
            includeUsage: true,
          }).chatModel(env.AI_OPENAI_MODEL),
        },
};

/** The providers that there are keys for, in the order in which they are asked; none without a key. */
export function providers(): Provider[] {
  const env = serverEnv();
  return [...new Set(env.AI_PROVIDER_ORDER)].flatMap((name) => MAKERS[name](env) ?? []);
}

/** Where texts go when a model is asked, in the order of asking; empty while there is no key. */
export function modelHosts(): { readonly host: string; readonly model: string }[] {
  return providers().map(({ host, modelId }) => ({ host, model: modelId }));
}
