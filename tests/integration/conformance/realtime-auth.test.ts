import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { afterAll, expect, it } from "vitest";
import { useSupabase } from "../../support/supabase.ts";
import { collect, joined, subscribe } from "./realtime-for-tests.ts";
import { eventually } from "../../support/eventually.ts";

/** The whole Supabase origin as the stack serves it, with tokens that its Auth has signed. */
const supabase = useSupabase();
const clients: SupabaseClient[] = [];

afterAll(async () => {
  await Promise.all(clients.map((client) => client.removeAllChannels()));
});

function clientOf(accessToken: string): SupabaseClient {
  const client = createClient(supabase.url, supabase.publishableKey, {
    accessToken: () => Promise.resolve(accessToken),
  });
  clients.push(client);
  return client;
}

async function privateChannel(accessToken: string, topic: string) {
  const client = clientOf(accessToken);
  await client.realtime.setAuth();
  return client.channel(topic, { config: { private: true } });
}

it("brings a notice to the person whom Auth has signed in, and to nobody else", async () => {
  const [ada, bob] = [await supabase.asUser(), await supabase.asUser()];
  const channel = await privateChannel(ada.accessToken, `user:${ada.id}`);
  const notices = collect(channel, "notice");
  await joined(channel);
  expect((await subscribe(await privateChannel(bob.accessToken, `user:${ada.id}`))).status).toBe("CHANNEL_ERROR");
  await supabase.sql`select private.notify(${bob.id}, 'analysis.done', 'For Bob', '', null)`;
  await supabase.sql`select private.notify(${ada.id}, 'analysis.done', 'Done', 'Your analysis is there.', '/learn')`;
  await eventually(() => expect(notices).toHaveLength(1));
  expect(notices[0]?.["payload"]).toMatchObject({ type: "notice", data: { title: "Done", href: "/learn" } });
});

it("keeps admin:giving for staff, and closed to them once they have signed out", async () => {
  const [member, operator] = [await supabase.asUser(), await supabase.asUser({ roles: ["operator"] })];
  expect((await subscribe(await privateChannel(member.accessToken, "admin:giving"))).status).toBe("CHANNEL_ERROR");
  await joined(await privateChannel(operator.accessToken, "admin:giving"));
  const signedOut = await fetch(`${supabase.url}/auth/v1/logout`, {
    method: "POST",
    headers: { apikey: supabase.publishableKey, authorization: `Bearer ${operator.accessToken}` },
  });
  expect(signedOut.status).toBe(204);
  // The token itself is good for an hour yet.
  expect((await subscribe(await privateChannel(operator.accessToken, "admin:giving"))).status).toBe("CHANNEL_ERROR");
  await joined(await privateChannel(operator.accessToken, `user:${operator.id}`));
});

it("gives nobody the functions behind the channels over the Data API", async () => {
  const ada = await supabase.asUser();
  for (const [schema, name, args] of [
    ["public", "may_join", { topic: `user:${ada.id}` }],
    ["private", "may_join", { topic: `user:${ada.id}` }],
    ["realtime", "send", { payload: {}, event: "notice", topic: `user:${ada.id}`, private: true }],
  ] as const) {
    const answer = await fetch(`${supabase.url}/rest/v1/rpc/${name}`, {
      method: "POST",
      headers: {
        apikey: supabase.publishableKey,
        authorization: `Bearer ${ada.accessToken}`,
        "content-type": "application/json",
        "content-profile": schema,
      },
      body: JSON.stringify(args),
    });
    expect([schema, name, answer.ok]).toEqual([schema, name, false]);
  }
});
