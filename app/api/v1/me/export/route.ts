import { handle } from "@/app/_http/handle";
import { exportMeOperation } from "@/app/api/v1/_operations/accounts";
import { signedIn } from "@/lib/access/authorise";
import { exportData } from "@/lib/account/export-data";
import { limit } from "@/lib/platform/rate-limit/limit";

export const GET = handle(exportMeOperation, async ({ caller }) => {
  const { db, user } = signedIn(caller);
  const headers = await limit({ policy: "export-user", subject: user.id });
  return {
    status: 200,
    body: await exportData(db),
    headers: { ...headers, "Content-Disposition": 'attachment; filename="devmentor-export.json"' },
  };
});
