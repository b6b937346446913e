import type { TestProject } from "vitest/node";
import path from "node:path";
import { buildEngine } from "../../../scripts/engine.ts";
import { startCluster } from "../cluster.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Database from which each test file's own is made. */
    adminUrl: string;
  }
}

/** One PostgreSQL and one migrated template for the whole run; each test file copies it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [cluster] = await Promise.all([
    startCluster(),
    // The process that reads repositories runs as a bundle, here as in the product.
    buildEngine(path.join(import.meta.dirname, "..", "..", "..", ".engine")),
  ]);
  project.provide("adminUrl", cluster.adminUrl);
  return cluster.close;
}
