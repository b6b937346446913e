/** What benches of the running product share. */

/** A campaign that takes gifts, made over the API as the demo's admin. */
export async function openCampaign(app: string): Promise<{ readonly id: string; readonly slug: string }> {
  const send = async (method: string, path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${app}${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
  const login = await send("POST", "/api/v1/users/login", {
    email: "admin@devmentor.test",
    password: "devmentor-demo-1",
  });
  const headers = { authorization: `Bearer ${String(login["accessToken"])}` };
  const draft = {
    title: "Measured",
    summary: "For a bench.",
    story: "Measured.",
    goalMinor: 100_000_000,
    currency: "EUR",
  };
  const { campaign } = (await send("POST", "/api/v1/campaigns", draft, headers)) as {
    campaign: { id: string; slug: string };
  };
  await send("PUT", `/api/v1/admin/campaigns/${campaign.id}`, { status: "active" }, { ...headers, "if-match": '"1"' });
  return campaign;
}

/** @param share between 0 and 1 */
export function percentile(list: readonly number[], share: number): number {
  return list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) * share)] ?? Number.NaN;
}

export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Seconds that all calls took together. */
  readonly seconds: number;
}

/** So many calls, so many at once. */
export async function load(call: () => Promise<unknown>, calls: number, atOnce: number): Promise<Load> {
  const took: number[] = [];
  let left = calls;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) {
        const before = performance.now();
        await call();
        took.push(performance.now() - before);
      }
    }),
  );
  return {
    perSecond: took.length / ((performance.now() - began) / 1000),
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    seconds: took.reduce((sum, ms) => sum + ms, 0) / 1000,
  };
}
