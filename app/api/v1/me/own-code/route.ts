import { after } from "next/server";
import { handle } from "@/app/_http/handle";
import {
  allowOwnCodeOperation,
  disallowOwnCodeOperation,
  readOwnCodeSettingsOperation,
} from "@/app/api/v1/_operations/own-code";
import { signedIn } from "@/lib/access/authorise";
import { formatTraceparent } from "@/lib/kernel/trace";
import { allowOwnCode, disallowOwnCode, ownCodeSettings } from "@/lib/learning/own-code/consent";
import { drainAfterRequest } from "@/lib/platform/outbox/outbox";
import { limit } from "@/lib/platform/rate-limit/limit";

export const GET = handle(readOwnCodeSettingsOperation, async ({ caller }) => {
  const { db } = signedIn(caller);
  return { status: 200, body: await ownCodeSettings(db) };
});

export const PUT = handle(allowOwnCodeOperation, async ({ caller, body, context }) => {
  const { db, user } = signedIn(caller);
  const headers = await limit({ policy: "own-code-user", subject: user.id });
  await allowOwnCode(user.id, body.wording, formatTraceparent(context.trace));
  after(drainAfterRequest);
  return { status: 200, headers, body: await ownCodeSettings(db) };
});

export const DELETE = handle(disallowOwnCodeOperation, async ({ caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "own-code-user", subject: user.id });
  await disallowOwnCode(user.id);
  return { status: 204, headers };
});
