import { lookup } from "node:dns/promises";
import { isIPv4, isIPv6 } from "node:net";
import { AppError } from "@/lib/kernel/errors";
import { isPublicAddress } from "./address";

/** Which hosts may be reached. Comes from the environment; tests pass their own. */
export interface OriginPolicy {
  readonly allowedHosts: readonly string[];
  /** The one extra origin, e.g. `http://127.0.0.1:54340`; set by the embedded stack alone. */
  readonly extraOrigin?: string | undefined;
  /** Resolves a name to all its addresses; the system's resolver unless told. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

/** A clone URL that has been checked, with the one address that git may connect to. */
export interface CheckedOrigin {
  readonly url: URL;
  /** `HOST:PORT:ADDRESS` for `http.curloptResolve`; null for the embedded stack's own origin. */
  readonly pin: string | null;
}

const NOT_A_URL = "This is not the address of a repository. Use one such as https://github.com/owner/name.";

/**
 * Checks the shape of a clone URL and its host against the policy, without any network.
 * @throws AppError `repository_url_invalid` or `host_not_allowed`.
 */
export function checkCloneUrl(raw: string, policy: OriginPolicy): URL {
  if (raw.length > 500 || /[\s\\\p{Cc}]/u.test(raw) || !URL.canParse(raw))
    throw new AppError("repository_url_invalid", NOT_A_URL);
  const url = new URL(raw);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new AppError(
      "repository_url_invalid",
      "Only https:// addresses of repositories can be read. Use one such as https://github.com/owner/name.",
    );
  }
  if (url.username || url.password) {
    throw new AppError(
      "repository_url_invalid",
      "Leave user names and passwords out of the address. For a private repository, connect GitHub instead.",
    );
  }
  if (url.search || url.hash) throw new AppError("repository_url_invalid", NOT_A_URL);
  if (isExtraOrigin(url, policy)) return url;
  if (!policy.allowedHosts.includes(url.hostname)) {
    throw new AppError(
      "host_not_allowed",
      `Repositories on ${url.hostname} cannot be analysed here. Allowed: ${policy.allowedHosts.join(", ")}.`,
    );
  }
  if (url.protocol !== "https:" || url.port) {
    throw new AppError("repository_url_invalid", `Use https and the usual port for repositories on ${url.hostname}.`);
  }
  return url;
}

function isExtraOrigin(url: URL, policy: OriginPolicy): boolean {
  return policy.extraOrigin !== undefined && url.origin === new URL(policy.extraOrigin).origin;
}

/**
 * Resolves the host once and picks the address that git will be pinned to, so that a name cannot
 * point somewhere else between this check and the connection (DNS rebinding). One non-public address
 * among several refuses the host.
 * @throws AppError `repository_url_invalid`, `host_not_allowed`, or `provider_unavailable` when the name does not resolve.
 */
export async function checkOrigin(raw: string, policy: OriginPolicy): Promise<CheckedOrigin> {
  const url = checkCloneUrl(raw, policy);
  if (isExtraOrigin(url, policy)) return { url, pin: null };
  const addresses = await (policy.resolve ?? systemResolve)(url.hostname).catch((cause: unknown) => {
    throw new AppError("provider_unavailable", `We cannot find ${url.hostname} right now. Try again in a minute.`, {
      cause,
      retryAfterSeconds: 30,
    });
  });
  const chosen = addresses.find((address) => isIPv4(address)) ?? addresses.find((address) => isIPv6(address));
  if (!chosen || !addresses.every(isPublicAddress)) {
    throw new AppError("host_not_allowed", `${url.hostname} does not lead to the public internet, so it is not read.`);
  }
  return { url, pin: `${url.hostname}:443:${isIPv6(chosen) ? `[${chosen}]` : chosen}` };
}

async function systemResolve(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map((entry) => entry.address);
}
