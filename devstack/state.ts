import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { generateApiKey } from "@supabase/lite";
import { removeCluster } from "./postgres/server.ts";
import type { Log } from "./service.ts";

/** Raised when an older folder can no longer be used as it is. */
const STATE_VERSION = 1;
const STAMP = "VERSION";
const MAX_LOG_BYTES = 5 * 1024 * 1024;

/** The default folder; git-ignored. */
export const STATE_DIR = path.resolve(import.meta.dirname, "..", ".devstack");

/** The state folder was written by another version of the stack. */
export class StateVersionError extends Error {
  override readonly name = "StateVersionError";
}

/** What the stack makes up at its first start and keeps. */
export interface Secrets {
  /** Marks the database as this stack's own. */
  readonly stackId: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly jwtSecret: string;
  readonly upstashToken: string;
  readonly inngestEventKey: string;
  readonly inngestSigningKey: string;
  readonly githubClientId: string;
  readonly githubClientSecret: string;
  readonly resendApiKey: string;
  readonly stripeSecretKey: string;
  readonly stripePublishableKey: string;
  readonly stripeWebhookSecret: string;
  readonly tokenEncryptionKey: string;
  readonly linkSigningKey: string;
  readonly controlToken: string;
  readonly metricsToken: string;
}

export interface State {
  readonly folder: string;
  readonly secrets: Secrets;
  path(...parts: string[]): string;
  /** A log of its own under `logs/`; lines carry the time. */
  log(service: string): Log;
}

/**
 * Opens the state folder, making it and its secrets at the first start.
 * @throws StateVersionError when another version wrote it.
 */
export async function openState(folder: string): Promise<State> {
  await mkdir(path.join(folder, "logs"), { recursive: true });
  await checkVersion(folder);
  const secrets = await readSecrets(path.join(folder, "secrets.json"));
  return {
    folder,
    secrets,
    path: (...parts) => path.join(folder, ...parts),
    log: (service) => logTo(path.join(folder, "logs", `${service}.log`)),
  };
}

async function checkVersion(folder: string): Promise<void> {
  const file = path.join(folder, STAMP);
  const stamp = await readFile(file, "utf8").catch(() => null);
  if (stamp === null) {
    const holds = (await readdir(folder)).filter((name) => name !== "logs");
    if (holds.length > 0)
      throw new StateVersionError(
        `${folder} is not a state folder of the embedded stack: it has no ${STAMP} but holds ${holds.slice(0, 3).join(", ")}. ${REMEDY}`,
      );
    await writeFile(file, `${STATE_VERSION}\n`);
    return;
  }
  if (stamp.trim() === String(STATE_VERSION)) return;
  throw new StateVersionError(
    `${folder} was written by version ${stamp.trim()} of the embedded stack, this is version ${STATE_VERSION}. ${REMEDY}`,
  );
}

const REMEDY =
  "Nothing was changed. `npm run devstack -- reset` wipes it (demo data only), and the next start makes it anew.";

async function readSecrets(file: string): Promise<Secrets> {
  const kept = await readFile(file, "utf8").catch(() => null);
  const known = kept === null ? {} : (JSON.parse(kept) as Partial<Secrets>);
  const hex = (bytes: number) => randomBytes(bytes).toString("hex");
  const fresh: Secrets = {
    stackId: hex(16),
    publishableKey: (await generateApiKey("publishable")).key,
    secretKey: (await generateApiKey("secret")).key,
    jwtSecret: hex(32),
    upstashToken: hex(24),
    inngestEventKey: hex(24),
    inngestSigningKey: `signkey-test-${hex(32)}`,
    githubClientId: `Iv1.${hex(8)}`,
    githubClientSecret: hex(20),
    resendApiKey: `re_${hex(16)}`,
    stripeSecretKey: `sk_test_${hex(24)}`,
    stripePublishableKey: `pk_test_${hex(24)}`,
    stripeWebhookSecret: `whsec_${hex(24)}`,
    tokenEncryptionKey: randomBytes(32).toString("base64"),
    linkSigningKey: hex(32),
    controlToken: hex(24),
    metricsToken: hex(24),
  };
  const secrets = { ...fresh, ...known };
  if (Object.keys(fresh).some((name) => !(name in known)))
    await writeFile(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

function logTo(file: string): Log {
  mkdirSync(path.dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
  return (line) => appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
}

/** Wipes the state folder and a cluster that had to lie elsewhere. The stack must not be running. */
export async function removeState(folder: string): Promise<void> {
  await removeCluster(path.join(folder, "postgres"));
  await rm(folder, { recursive: true, force: true });
}
