import type { MetadataRoute } from "next";
import { serverEnv } from "@/lib/env/server";

// The origin is known when the server runs, not when it is built.
export const dynamic = "force-dynamic";

export default function robots(): MetadataRoute.Robots {
  return {
    rules: {
      userAgent: "*",
      allow: "/",
      disallow: [
        "/api/",
        "/auth/",
        "/admin",
        "/learn",
        "/onboarding",
        "/settings",
        "/giving",
        "/pledges/",
        "/unsubscribe",
      ],
    },
    sitemap: new URL("/sitemap.xml", serverEnv().APP_URL).href,
  };
}
