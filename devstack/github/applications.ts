import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { replyJson } from "../http/forward.ts";
import type { Grants } from "./grants.ts";

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly body: Buffer;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly grants: Grants;
}

function isClient(header: string | undefined, id: string, secret: string): boolean {
  const sent = Buffer.from(header ?? "");
  const expected = Buffer.from(`Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`);
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}

function tokenIn(body: Buffer): string | undefined {
  try {
    const { access_token: token } = JSON.parse(body.toString("utf8")) as { access_token?: unknown };
    return typeof token === "string" ? token : undefined;
  } catch {
    return undefined; // Not JSON: the caller answers 422, as GitHub does.
  }
}

/**
 * GitHub's `/applications/{client_id}/token` (POST checks, DELETE ends one token) and `/grant` (DELETE
 * ends all of that person's tokens for the application), authenticated as the application.
 * @returns false when the path is not one of these.
 */
export async function answerApplications(call: Call): Promise<boolean> {
  const match = /^\/applications\/([^/?]+)\/(token|grant)$/.exec(call.path);
  if (!match) return false;
  const { request, response, grants } = call;
  if (match[1] !== call.clientId || !isClient(request.headers.authorization, call.clientId, call.clientSecret)) {
    replyJson(response, 401, { message: "Requires authentication", status: "401" });
    return true;
  }
  const token = tokenIn(call.body);
  const grant = token === undefined ? undefined : grants.find(token);
  if (token === undefined)
    replyJson(response, 422, {
      message: "Validation Failed",
      errors: [{ field: "access_token", code: "missing_field" }],
    });
  else if (!grant)
    replyJson(response, match[2] === "token" && request.method === "POST" ? 404 : 422, { message: "Not Found" });
  else if (request.method === "DELETE") {
    await grants.revoke((each) =>
      match[2] === "token" ? each.token === token : each.login === grant.login && each.clientId === grant.clientId,
    );
    response.writeHead(204).end();
  } else if (request.method === "POST" && match[2] === "token") {
    replyJson(response, 200, {
      token,
      scopes: grant.scopes,
      app: { client_id: grant.clientId },
      user: { login: grant.login },
    });
  } else replyJson(response, 405, { message: "Method Not Allowed" });
  return true;
}
