import { handle } from "@/app/_http/handle";
import { repositoryBadge } from "@/lib/analysis/sharing/read-shared";
import { clientAddress } from "@/lib/platform/rate-limit/client-address";
import { limit } from "@/lib/platform/rate-limit/limit";
import { readBadgeOperation } from "../../../../_operations/analysis-sharing";

/** A closed link's badge may live on for this long, in browsers and at CDNs. */
const CACHE = "public, max-age=300, s-maxage=300, stale-while-revalidate=60";

export const GET = handle(readBadgeOperation, async ({ request, params }) => {
  await limit({ policy: "badge-ip", subject: clientAddress(request.headers) });
  const { svg, shared } = await repositoryBadge(params.host, params.owner, params.name.replace(/\.svg$/, ""));
  return {
    status: shared ? 200 : 404,
    text: svg,
    headers: {
      "Content-Type": "image/svg+xml; charset=utf-8",
      "Cache-Control": CACHE,
      // Opened by itself an SVG is a document: it may do nothing.
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    },
  };
});
