/**
 * The lowest versions that may be installed, each with its reason: this registry refuses `npm audit`, so the advisories
 * that matter are kept here by hand. Raise a floor when an advisory asks for it; never lower one.
 */
export interface Floor {
  readonly name: string;
  readonly atLeast: string;
  readonly because: string;
}

export const PACKAGE_FLOORS: readonly Floor[] = [
  { name: "next", atLeast: "16.4.1", because: "two unauthenticated remote code executions were fixed there" },
  { name: "react", atLeast: "19.3.0", because: "the release line that Next 16.4 is tested with" },
  { name: "react-dom", atLeast: "19.3.0", because: "must be React's own version line" },
  {
    name: "node",
    atLeast: "24.21.0",
    because: "newest Node 24 on npm; images need 24.22.1 (CVE-2026-111497), see RUNTIME_FLOORS",
  },
  { name: "@supabase/supabase-js", atLeast: "2.119.0", because: "Realtime serializer 2.0.0" },
  { name: "@supabase/ssr", atLeast: "0.12.0", because: "getAll/setAll cookies; earlier ones lose chunks" },
  { name: "stripe", atLeast: "23.1.0", because: "pins the API version that the payment contract is written for" },
  { name: "zod", atLeast: "4.0.0", because: "schemas use zod 4's issue codes" },
];

/** What runs in production; a Dockerfile's `FROM node:` and the deploy guide are held to these, by major version. */
export const RUNTIME_FLOORS: Readonly<Record<number, string>> = {
  22: "22.23.4",
  24: "24.22.1",
};

/** Installed major version that must not be passed, because the tools that hold the laws do not work with it. */
export const PACKAGE_CEILINGS: readonly (Floor & { readonly below: string })[] = [
  {
    name: "typescript",
    atLeast: "6.0.0",
    below: "7.0.0",
    because: "with TypeScript 7 dependency-cruiser cruises no module and reports no violation",
  },
];
