"use client";

import { useRouter } from "next/navigation";
import { useEffect, type ReactNode } from "react";

const EVERY_MS = 1_500;

/** Draws the page anew until the answer is there. */
export function WaitForAnswer(): ReactNode {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), EVERY_MS);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}
