import "server-only";
import { notFound } from "next/navigation";
import { AppError } from "@/lib/kernel/errors";

/** What a page is about; a page that is not there where it is not. */
export async function foundOr404<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}
