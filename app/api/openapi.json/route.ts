import { openApiDocument } from "@/app/_http/openapi";
import { operations } from "@/app/api/v1/_operations/all";
import manifest from "@/package.json";

export const dynamic = "force-static";

/** What this API answers, made from the schemas that its routes validate with. */
export function GET(): Response {
  return Response.json(openApiDocument(operations, { version: manifest.version, server: "/" }), {
    headers: { "Cache-Control": "public, max-age=300" },
  });
}
