import { AppError } from "@/lib/kernel/errors";

export const noSuchSession = (): AppError => new AppError("not_found", "There is no such session.");

export const sessionEnded = (): AppError =>
  new AppError(
    "learning_session_ended",
    "This session has ended. What you answered is kept; start another one to go on.",
  );

export const sessionWentOn = (): AppError =>
  new AppError("conflict", "This session went on somewhere else. Load it again to go on from there.");
