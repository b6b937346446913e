"use client";

import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { onFirstNotice } from "./notices";

/** The list itself, with Base UI's toast behind it, is fetched when there is a first notice to show. */
const ToastList = lazy(() => import("./toast-list").then((module) => ({ default: module.ToastList })));

/** Where notices appear; stands once in the root layout. Show one with `notify` of ./notices. */
export function Toaster(): ReactNode {
  const [wanted, setWanted] = useState(false);
  useEffect(() => onFirstNotice(() => setWanted(true)), []);
  if (!wanted) return null;
  return (
    <Suspense fallback={null}>
      <ToastList />
    </Suspense>
  );
}
