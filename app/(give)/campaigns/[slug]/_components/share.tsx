"use client";

import { useState, useSyncExternalStore, type ReactNode } from "react";
import { Button } from "@/components/ui/button";

const never = (): (() => void) => () => {};

/** Passes the page's address on: by the phone's own sheet where there is one, else to the clipboard. Needs JavaScript. */
export function Share({ title }: { readonly title: string }): ReactNode {
  const canShare = useSyncExternalStore(
    never,
    () => "share" in navigator,
    () => false,
  );
  const [said, say] = useState("");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(address());
      say("The address is copied.");
    } catch {
      say(`Copy this address: ${address()}`);
    }
  };
  const share = async (): Promise<void> => {
    try {
      await navigator.share({ title, url: address() });
    } catch (error) {
      // Whoever closes the sheet again has changed their mind.
      if (!(error instanceof DOMException) || error.name !== "AbortError") await copy();
    }
  };
  return (
    <div className="needs-js flex flex-wrap items-center gap-3">
      {canShare ? <Button onClick={() => void share()}>Share this campaign</Button> : null}
      <Button onClick={() => void copy()}>Copy its address</Button>
      <span role="status" className="text-sm text-muted">
        {said}
      </span>
    </div>
  );
}

function address(): string {
  return `${window.location.origin}${window.location.pathname}`;
}
