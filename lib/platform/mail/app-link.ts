import { serverEnv } from "@/lib/env/server";

/** The full address of a page of ours, for mails: nothing else knows where they will be read. */
export function appLink(path: `/${string}`, query: Readonly<Record<string, string>> = {}): string {
  const url = new URL(path, serverEnv().APP_URL);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.toString();
}
