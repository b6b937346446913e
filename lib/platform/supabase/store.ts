import { dataApiFailure } from "./failure";
import { bearerClient } from "./server";

/**
 * Asks Postgres, through the Data API, as nobody. Row-level security may refuse: it is Postgres that does so, and
 * whether it answers is all that is asked.
 * @throws AppError `database_unavailable` when it cannot be reached
 */
export async function databaseAnswers(signal: AbortSignal): Promise<void> {
  const { error, status } = await bearerClient().from("profiles").select("id").limit(1).abortSignal(signal);
  if (!error) return;
  const failure = dataApiFailure(error, status);
  if (failure.code === "database_unavailable") throw failure;
}
