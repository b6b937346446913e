import "server-only";
import { callTrusted } from "@/lib/platform/supabase/trusted";
import { operationsSchema, type Operations } from "./operations";

/**
 * How everything that the database knows of stands; cheap enough to be asked every few seconds.
 * @throws AppError `database_unavailable`
 */
export async function readOperations(): Promise<Operations> {
  return operationsSchema.parse(await callTrusted("operations_snapshot", {}));
}

/** Notes that this build serves in this region. @throws AppError `database_unavailable` */
export async function recordDeployment(build: string, region: string): Promise<void> {
  await callTrusted("record_deployment", { p_build: build, p_region: region });
}
