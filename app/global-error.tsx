"use client";

import "./globals.css";
import type { ReactNode } from "react";
import { buttonClasses } from "@/components/ui/button";

interface GlobalErrorProps {
  readonly error: Error & { readonly digest?: string };
}

/** The last resort, when the frame of the page itself failed: it relies on nothing but the style sheet. */
export default function GlobalError({ error }: GlobalErrorProps): ReactNode {
  return (
    <html lang="en">
      <head>
        <title>DevMentor could not be shown</title>
      </head>
      <body>
        <main className="mx-auto flex max-w-measure flex-col items-start gap-4 px-4 py-16 sm:px-6">
          <h1 className="text-2xl">DevMentor could not be shown</h1>
          <p className="text-base text-muted">
            Something went wrong on our side and has been recorded. What you had saved is safe. Load the page again; if
            it stays, come back in a few minutes.
          </p>
          <button type="button" className={buttonClasses({ variant: "primary" })} onClick={() => location.reload()}>
            Load again
          </button>
          {error.digest ? (
            <p className="text-xs text-muted">
              If you write to us, mention <code>{error.digest}</code>.
            </p>
          ) : null}
        </main>
      </body>
    </html>
  );
}
