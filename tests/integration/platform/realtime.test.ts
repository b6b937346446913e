import { randomUUID } from "node:crypto";
import { createClient, type RealtimeChannel } from "@supabase/supabase-js";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { subscribe } from "@/lib/platform/realtime/browser";
import { showPresence, type Present } from "@/lib/platform/realtime/presence";
import { publish, type Outgoing } from "@/lib/platform/realtime/publish";
import type { RealtimeConnection } from "@/lib/platform/realtime/shared-channel";
import { useProductEnv } from "../../support/product-env.ts";
import { useSupabase, type TestUser } from "../../support/supabase.ts";

const supabase = useSupabase();
useProductEnv({ supabase });

/** A browser in which somebody has signed in. */
function browser(user: TestUser) {
  return createClient(supabase.url, supabase.publishableKey, {
    accessToken: () => Promise.resolve(user.accessToken),
    realtime: { reconnectAfterMs: () => 100 },
  });
}
const connectionOf = (client: ReturnType<typeof browser>) => () =>
  Promise.resolve(client as unknown as RealtimeConnection);

function status(channel: RealtimeChannel): Promise<string> {
  return new Promise((resolve) => channel.subscribe((reached) => resolve(reached)));
}

describe("publish", () => {
  const notice = (version: number, title = `notice ${version}`): Outgoing<"user"> => ({
    type: "notice",
    version,
    data: { id: randomUUID(), kind: "account.test", title, body: "", href: null },
  });

  test("reaches the page it is for, newer versions alone", async () => {
    const user = await supabase.asUser();
    const client = browser(user);
    const titles: string[] = [];
    const states: string[] = [];
    const end = subscribe<"user", null>(
      {
        channel: "user",
        id: user.id,
        fetchSnapshot: () => Promise.resolve(null),
        versionOf: () => ({}),
        onSnapshot: () => states.push("snapshot"),
        onMessage: (message) => {
          if (message.type === "notice") titles.push(message.data.title);
        },
      },
      connectionOf(client),
    );
    await vi.waitFor(() => expect(states).toEqual(["snapshot"]), { timeout: 10_000 });
    for (const version of [2, 1, 2, 3]) await publish("user", user.id, notice(version));
    await vi.waitFor(() => expect(titles).toEqual(["notice 2", "notice 3"]), { timeout: 10_000 });
    end();
    await client.removeAllChannels();
  });

  test("takes nothing that is not in the channel's table", async () => {
    const wrong = { ...notice(1), data: { title: "half of it" } } as unknown as Outgoing<"user">;
    await expect(publish("user", randomUUID(), wrong)).rejects.toThrow("not in the table");
    await expect(publish("user", "../elsewhere", notice(1))).rejects.toMatchObject({ code: "rule_broken" });
  });
});

describe("presence", () => {
  let people: [TestUser, TestUser, TestUser];
  const session = randomUUID();
  beforeAll(async () => {
    people = [await supabase.asUser(), await supabase.asUser(), await supabase.asUser()];
    // A session has one learner; that two may see it is made up here, because presence is about several.
    await supabase.sql.unsafe(`
      create or replace function private.may_see_session(p_session uuid, p_user uuid) returns boolean
      language sql stable security definer set search_path = ''
      as $$ select $1 = '${session}' and $2 in ('${people[0].id}', '${people[1].id}') $$`);
  });

  test("shows who is there, once each, and who has gone", async () => {
    const [me, other, stranger] = people;
    const client = browser(me);
    const seen: (readonly Present[])[] = [];
    const end = showPresence(
      { channel: "session", id: session, userId: me.id, onPresent: (present) => seen.push(present) },
      connectionOf(client),
    );
    const ids = () => seen.at(-1)?.map(({ userId }) => userId);
    await vi.waitFor(() => expect(ids()).toEqual([me.id]), { timeout: 10_000 });

    // The other person has two tabs, and one that shows what is not a person.
    const tabs = [browser(other), browser(other), browser(other)];
    const since = new Date(Date.now() + 60_000).toISOString();
    for (const [index, tab] of tabs.entries()) {
      await tab.realtime.setAuth();
      const channel = tab.channel(`session:${session}`, { config: { private: true, presence: { enabled: true } } });
      expect(await status(channel)).toBe("SUBSCRIBED");
      expect(await channel.track(index === 2 ? { userId: "nobody" } : { userId: other.id, since })).toBe("ok");
    }
    await vi.waitFor(() => expect(ids()).toEqual([me.id, other.id]), { timeout: 10_000 });
    await tabs[0]?.removeAllChannels();
    await tabs[2]?.removeAllChannels();
    expect(ids()).toEqual([me.id, other.id]);

    const outside = browser(stranger);
    await outside.realtime.setAuth();
    const refused = outside.channel(`session:${session}`, { config: { private: true, presence: { enabled: true } } });
    expect(await status(refused)).toBe("CHANNEL_ERROR");

    await tabs[1]?.removeAllChannels();
    await vi.waitFor(() => expect(ids()).toEqual([me.id]), { timeout: 10_000 });
    end();
    await Promise.all([client, outside].map((one) => one.removeAllChannels()));
  });

  test("takes a page off that ends it while another part of the page goes on listening", async () => {
    const [me, other] = people;
    const watcher = browser(other);
    await watcher.realtime.setAuth();
    const channel = watcher.channel(`session:${session}`, { config: { private: true, presence: { enabled: true } } });
    const there = () => Object.values(channel.presenceState()).flat().length;
    channel.on("presence", { event: "sync" }, () => undefined);
    expect(await status(channel)).toBe("SUBSCRIBED");

    const client = browser(me);
    const states: string[] = [];
    const endListening = subscribe<"session", null>(
      {
        channel: "session",
        id: session,
        fetchSnapshot: () => Promise.resolve(null),
        versionOf: () => 0,
        onSnapshot: () => undefined,
        onState: (state) => states.push(state),
      },
      connectionOf(client),
    );
    const endShowing = showPresence(
      { channel: "session", id: session, userId: me.id, onPresent: () => undefined },
      connectionOf(client),
    );
    await vi.waitFor(() => expect(there()).toBe(1), { timeout: 10_000 });
    endShowing();
    await vi.waitFor(() => expect(there()).toBe(0), { timeout: 10_000 });
    expect(states).toEqual(["live"]);
    endListening();
    await Promise.all([client, watcher].map((one) => one.removeAllChannels()));
  });
});
