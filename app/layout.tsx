import "./globals.css";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import { FIRST_PAINT_SCRIPT } from "@/components/site/first-paint";
import { Footer } from "@/components/site/footer";
import { Header } from "@/components/site/header";
import { LoadingFrame } from "@/components/site/loading-frame";
import { Toaster } from "@/components/ui/toast";

export const metadata: Metadata = {
  title: { default: "DevMentor: learn from your own code, follow every gift", template: "%s · DevMentor" },
  description:
    "DevMentor analyses your repository and teaches from the code you wrote. CareForAll lets you give to a campaign and follow the money to the cent.",
  applicationName: "DevMentor",
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbfaf8" },
    { media: "(prefers-color-scheme: dark)", color: "#0d1014" },
  ],
};

/**
 * The frame of every page: head, <main id="content">, foot. It reads neither cookie nor header, so pages
 * below it can be prerendered; what depends on the reader is picked by CSS (components/site/first-paint.ts),
 * whose attributes on <html> React must not hold against the server's.
 */
export default function RootLayout({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: FIRST_PAINT_SCRIPT }} />
      </head>
      <body className="flex min-h-dvh flex-col">
        <a
          href="#content"
          className="sr-only rounded-control bg-ink text-paper focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-40 focus:px-4 focus:py-3"
        >
          Skip to the content
        </a>
        <Header />
        <main id="content" tabIndex={-1} className="flex-1">
          <LoadingFrame>{children}</LoadingFrame>
        </main>
        <Footer />
        <Toaster />
      </body>
    </html>
  );
}
