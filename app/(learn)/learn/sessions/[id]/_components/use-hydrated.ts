import { useSyncExternalStore } from "react";

/** Nothing to listen to: what is read never changes by itself. */
export const never = (): (() => void) => () => undefined;

/** False while the server draws and at the first render, true from then on: what needs JavaScript can take its place. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
