import type { NextConfig } from "next";

/** Headers on every response. Policies that need a nonce are set in proxy.ts. */
const SECURITY_HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
];

/**
 * Python's worker in the browser and what it loads (`scripts/python.ts`). A worker has the policy of its own file: WebAssembly may be
 * compiled in it and nowhere else, and nothing can be reached from it, with or without the reader's cookies.
 */
const PYTHON_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'none'",
  "worker-src 'none'",
  "frame-ancestors 'none'",
].join("; ");

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  poweredByHeader: false,
  // It reads its own files by their place, and so do the PDFs their fonts: neither survives being bundled.
  serverExternalPackages: ["pdfkit"],
  outputFileTracingIncludes: {
    "/api/v1/**": [
      "./node_modules/geist/dist/fonts/geist-sans/Geist-Regular.ttf",
      "./node_modules/geist/dist/fonts/geist-sans/Geist-SemiBold.ttf",
      "./node_modules/@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-400-normal.woff",
      "./node_modules/@fontsource/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-400-normal.woff",
      "./node_modules/@fontsource/unifontex/files/unifontex-latin-400-normal.woff",
    ],
  },
  // app/global-not-found.tsx
  experimental: { globalNotFound: true },
  reactStrictMode: true,
  // Titles come with the page for everybody: streamed after it, they are missing where no JavaScript runs, and what leads nowhere has answered 200 by then.
  htmlLimitedBots: /.*/,
  // The laws (tsc, oxlint) run in `npm test`; the build does not run them a second time.
  typescript: { ignoreBuildErrors: true },
  async headers() {
    return [
      { source: "/:path*", headers: SECURITY_HEADERS },
      { source: "/python/:path*", headers: [{ key: "Content-Security-Policy", value: PYTHON_POLICY }] },
      {
        // A folder is named after what is in it.
        source: "/python/:folder/:file",
        headers: [{ key: "Cache-Control", value: "public, max-age=31536000, immutable" }],
      },
    ];
  },
};

export default config;
