import { handle } from "@/app/_http/handle";
import { grantRoleOperation, removeRoleOperation } from "@/app/api/v1/_operations/accounts";
import { changeRole } from "@/lib/account/change-role";

export const PUT = handle(grantRoleOperation, async ({ caller, params }) => {
  await changeRole(caller.db, { userId: params.id, role: params.role, granted: true });
  return { status: 204 };
});

export const DELETE = handle(removeRoleOperation, async ({ caller, params }) => {
  await changeRole(caller.db, { userId: params.id, role: params.role, granted: false });
  return { status: 204 };
});
