export const dynamic = "force-static";

/** Liveness: the process answers. Touches nothing else. */
export function GET(): Response {
  return Response.json({ status: "ok" });
}
