import type { Metadata } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { WholePageLinks } from "@/components/site/whole-page-links";
import RootLayout, { metadata as siteMetadata } from "./layout";
import NotFound, { metadata as notFoundMetadata } from "./not-found";

export { viewport } from "./layout";

export const metadata: Metadata = { ...siteMetadata, ...notFoundMetadata };

/**
 * Every address that no page answers. Rendered on request, unlike Next's usual not-found route, whose prerendered
 * scripts cannot carry the nonce of our policy; and a route of its own, so that the pages stay prerendered.
 */
export default async function GlobalNotFound(): Promise<ReactNode> {
  await connection();
  return (
    <RootLayout>
      <NotFound />
      <WholePageLinks />
    </RootLayout>
  );
}
