import type { Metadata } from "next";
import type { ReactNode } from "react";

/** Pages that mailed links open: their address holds a secret, so it is given to nobody. */
export const metadata: Metadata = { referrer: "no-referrer", robots: { index: false, follow: false } };

export default function AuthLayout({ children }: { readonly children: ReactNode }): ReactNode {
  return children;
}
