import type { GithubLogin } from "../github/users.ts";

/** A repository of the emulated GitHub, with a bare repository behind it. */
export interface Repository {
  readonly owner: GithubLogin;
  readonly name: string;
  readonly description: string;
  readonly private: boolean;
  readonly language: string | null;
  readonly defaultBranch: string;
  /** Size of the bare repository in kB, as GitHub counts. */
  readonly sizeKb: number;
  /** ISO 8601, of the newest commit; null while it has none. */
  readonly pushedAt: string | null;
  readonly license: { readonly key: string; readonly name: string; readonly spdx_id: string } | null;
}

/** Where the content of a seeded repository comes from. */
export type Source =
  | { readonly kind: "history" }
  | { readonly kind: "package"; readonly package: string; readonly include: readonly string[] }
  | { readonly kind: "empty" };

export interface RepositorySeed {
  readonly owner: GithubLogin;
  readonly name: string;
  readonly description: string;
  readonly private: boolean;
  readonly language: string | null;
  readonly source: Source;
}

const TYPESCRIPT_SOURCES = ["src", "README.md", "LICENSE", "package.json"];

/**
 * What the stack's GitHub holds: this project's own history, and packages of node_modules that ship the
 * code that people wrote (not only what a compiler made of it), with their licence. One is empty and
 * two are private, because those are the cases that go wrong.
 */
export const SEEDS: readonly RepositorySeed[] = [
  {
    owner: "octo-learner",
    name: "devmentor",
    description: "This project, with its own history.",
    private: false,
    language: "TypeScript",
    source: { kind: "history" },
  },
  {
    owner: "octo-learner",
    name: "zod",
    description: "TypeScript-first schema validation with static type inference.",
    private: false,
    language: "TypeScript",
    source: { kind: "package", package: "zod", include: TYPESCRIPT_SOURCES },
  },
  {
    owner: "octo-learner",
    name: "socket-notes",
    description: "A WebSocket library, kept private.",
    private: true,
    language: "JavaScript",
    source: { kind: "package", package: "ws", include: ["."] },
  },
  {
    owner: "octo-maintainer",
    name: "pino",
    description: "A low-overhead JSON logger for Node.js.",
    private: false,
    language: "JavaScript",
    source: { kind: "package", package: "pino", include: ["."] },
  },
  {
    owner: "octo-maintainer",
    name: "auth-js",
    description: "A client for Supabase Auth.",
    private: false,
    language: "TypeScript",
    source: { kind: "package", package: "@supabase/auth-js", include: TYPESCRIPT_SOURCES },
  },
  {
    owner: "octo-maintainer",
    name: "realtime-internal",
    description: "A client for Supabase Realtime, kept private.",
    private: true,
    language: "TypeScript",
    source: { kind: "package", package: "@supabase/realtime-js", include: TYPESCRIPT_SOURCES },
  },
  {
    owner: "octo-newcomer",
    name: "ssr",
    description: "Supabase sessions for server-rendered applications.",
    private: false,
    language: "TypeScript",
    source: { kind: "package", package: "@supabase/ssr", include: [...TYPESCRIPT_SOURCES, "docs", "tsconfig.json"] },
  },
  {
    owner: "octo-newcomer",
    name: "first-steps",
    description: "Nothing in here yet.",
    private: false,
    language: null,
    source: { kind: "empty" },
  },
];
