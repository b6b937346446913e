import { handle } from "@/app/_http/handle";
import { endOwnerUpdates } from "@/lib/giving/mail/send-giving-mail";
import { askToEndOwnerUpdatesOperation, endOwnerUpdatesOperation } from "../../_operations/documents";

/** One click in a mail program (RFC 8058) posts here. */
export const POST = handle(endOwnerUpdatesOperation, async ({ query }) => {
  await endOwnerUpdates(query.user, query.token);
  return { status: 204 };
});

const parametersOf = (query: object): URLSearchParams =>
  new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === "string"));

/** One that opens the address instead, or a scanner that follows links, changes nothing: the page asks first. */
export const GET = handle(askToEndOwnerUpdatesOperation, async ({ query }) => ({
  status: 303,
  headers: { Location: `/unsubscribe?${parametersOf(query).toString()}` },
}));
