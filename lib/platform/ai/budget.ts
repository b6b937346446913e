/** What a model's tokens cost, in millionths of a US dollar for a million of them. */
export interface Prices {
  readonly inputMicro: number;
  readonly outputMicro: number;
}

/** Tokens as a provider counted them. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const MILLION = 1_000_000;

/** What tokens cost, in whole millionths of a US dollar, rounded up. */
export function costMicro(prices: Prices, usage: Usage): number {
  return (
    Math.ceil((usage.inputTokens * prices.inputMicro) / MILLION) +
    Math.ceil((usage.outputTokens * prices.outputMicro) / MILLION)
  );
}

/** What providers wrap round a prompt: roles, the JSON schema's grammar, delimiters. */
const WRAPPING_TOKENS = 2_000;

/**
 * The most that one call can cost: no tokenizer makes more tokens of a text than it has bytes, and no more come back than
 * were allowed. It is some three times what a call of English costs, and no call can go past it.
 */
export function mostMicro(prices: Prices, prompt: string, maxOutputTokens: number): number {
  return costMicro(prices, {
    inputTokens: Buffer.byteLength(prompt) + WRAPPING_TOKENS,
    outputTokens: maxOutputTokens,
  });
}
