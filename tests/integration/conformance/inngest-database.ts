import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";

/** A database of a test file's own, without the product's tables. */
export interface TestDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** Makes an empty database on the run's PostgreSQL. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const adminUrl = inject("adminUrl");
  const name = `inngest_${randomBytes(6).toString("hex")}`;
  const admin = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database ${name}`);
  return {
    url: adminUrl.replace(/\/[^/]*$/, `/${name}`),
    close: async () => {
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}
