import { handle } from "@/app/_http/handle";
import { signedIn } from "@/lib/access/authorise";
import { getAnalysis } from "@/lib/analysis/read-analyses";
import { openLinkOf, shareAnalysis, stopSharing } from "@/lib/analysis/sharing/share-analysis";
import { serverEnv } from "@/lib/env/server";
import { limit } from "@/lib/platform/rate-limit/limit";
import {
  readShareOperation,
  revokeShareOperation,
  shareAnalysisOperation,
} from "../../../_operations/analysis-sharing";

export const GET = handle(readShareOperation, async ({ params, caller }) => {
  const { user, db } = signedIn(caller);
  await getAnalysis(db, params.id);
  return { status: 200, body: { link: await openLinkOf(user.id, params.id) } };
});

export const POST = handle(shareAnalysisOperation, async ({ params, body, caller }) => {
  const { user } = signedIn(caller);
  const headers = await limit({ policy: "share-user", subject: user.id });
  const link = await shareAnalysis(user.id, params.id, body.confirmPrivate ?? false);
  const { APP_URL } = serverEnv();
  return {
    status: 201,
    headers,
    body: {
      createdAt: link.createdAt,
      token: link.token,
      url: new URL(link.path, APP_URL).href,
      apiUrl: new URL(`/api/v1/shared-analyses/${link.token}`, APP_URL).href,
    },
  };
});

export const DELETE = handle(revokeShareOperation, async ({ params, caller }) => {
  await stopSharing(signedIn(caller).user.id, params.id);
  return { status: 204 };
});
