import { AppError } from "@/lib/kernel/errors";

/** The disk that clones are written to is full: ours to mend, and nothing of the repository's. */
export function noRoom(cause: unknown): AppError {
  return new AppError(
    "service_unavailable",
    "There is no room left on our side to read this repository. We have been told; try again later.",
    { cause, retryAfterSeconds: 600 },
  );
}
