import { type AuthTokenResponse, createClient, type User } from "@supabase/supabase-js";

interface SignIn {
  readonly user: User;
  readonly providerToken: string;
  /** Presents the code that was just used once more. */
  exchangeAgain(): Promise<AuthTokenResponse>;
}

/**
 * Walks through the whole sign-in as a browser does: authorize, the consent page, the callback of
 * Supabase Auth, and the exchange of its code with the PKCE verifier.
 */
export async function signInWithGithub(o: {
  env: (name: string) => string;
  login: string;
  scopes?: string;
}): Promise<SignIn> {
  const kept = new Map<string, string>();
  const client = createClient(o.env("SUPABASE_URL"), o.env("SUPABASE_PUBLISHABLE_KEY"), {
    auth: {
      flowType: "pkce",
      autoRefreshToken: false,
      detectSessionInUrl: false,
      storage: {
        getItem: (key) => kept.get(key) ?? null,
        setItem: (key, value) => void kept.set(key, value),
        removeItem: (key) => void kept.delete(key),
      },
    },
  });
  const redirectTo = `${o.env("APP_URL")}/auth/callback`;
  const { data, error } = await client.auth.signInWithOAuth({
    provider: "github",
    options: { redirectTo, skipBrowserRedirect: true, ...(o.scopes ? { scopes: o.scopes } : {}) },
  });
  if (error || !data.url) throw error ?? new Error("No address to sign in at");
  const toGithub = await fetch(data.url, { redirect: "manual" });
  const consentUrl = toGithub.headers.get("location");
  if (!consentUrl) throw new Error(`Supabase Auth did not lead to GitHub: ${toGithub.status} ${await toGithub.text()}`);
  const page = await (await fetch(consentUrl)).text();
  const form = [...page.matchAll(/<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)].find(([, , inner]) =>
    inner?.includes(`value="${o.login}"`),
  );
  if (!form?.[1] || !form[2]) throw new Error(`The consent page does not offer ${o.login}`);
  const fields = new URLSearchParams(
    [...form[2].matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      value.replaceAll("&amp;", "&"),
    ]),
  );
  const consented = await fetch(new URL(form[1], consentUrl), { method: "POST", body: fields, redirect: "manual" });
  const toAuth = consented.headers.get("location");
  if (!toAuth) throw new Error(`GitHub did not lead back: ${consented.status}`);
  const toApp = await fetch(toAuth, { redirect: "manual" });
  const back = new URL(toApp.headers.get("location") ?? "");
  if (`${back.origin}${back.pathname}` !== redirectTo) throw new Error(`Led back to ${back.href}`);
  const code = back.searchParams.get("code") ?? "";
  const verifier = [...kept].find(([key]) => key.endsWith("code-verifier"));
  const session = await client.auth.exchangeCodeForSession(code);
  if (session.error) throw session.error;
  return {
    user: session.data.user,
    providerToken: session.data.session.provider_token ?? "",
    async exchangeAgain() {
      if (verifier) kept.set(...verifier);
      return client.auth.exchangeCodeForSession(code);
    },
  };
}
