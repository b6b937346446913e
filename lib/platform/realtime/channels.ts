import { z } from "zod/mini";

/**
 * Every Realtime channel there is. A message is {type, data, version, at}; the database sends it
 * (`realtime.send`) under its type as the event, on the topic that stands here.
 *
 * `private` channels are guarded by the policies of migration 20261123000500 (`private.may_join`); what comes over them is
 * the database's word. On a public one anybody may send, so its messages are only hints: they make
 * the browser fetch the snapshot, and nothing in them is shown.
 *
 * Where `presence` is true, those on the channel see who else is.
 *
 * `versions` says what a version counts: all messages of the channel together, or each type alone.
 */
const envelope = z.object({
  type: z.string(),
  version: z.int().check(z.nonnegative()),
  at: z.iso.datetime({ offset: true }),
  data: z.unknown(),
});

/** Data whose fields belong to a domain that checks them where it uses them. */
const fields = z.record(z.string(), z.unknown());

export const CHANNELS = {
  campaign: {
    private: false,
    versions: "type",
    topic: (campaignId: string) => `campaign:${campaignId}`,
    messages: { totals: fields, donation: fields },
  },
  user: {
    private: true,
    versions: "type",
    topic: (userId: string) => `user:${userId}`,
    messages: {
      notice: z.object({
        id: z.uuid(),
        kind: z.string(),
        title: z.string(),
        body: z.string(),
        href: z.nullable(z.string()),
      }),
      "session:started": fields,
    },
  },
  analysis: {
    private: true,
    versions: "channel",
    topic: (analysisId: string) => `analysis:${analysisId}`,
    messages: {
      progress: z.object({ phase: z.string(), progress: z.number() }),
      found: fields,
      done: z.object({ status: z.string(), progress: z.number() }),
    },
  },
  session: {
    private: true,
    presence: true,
    versions: "channel",
    topic: (sessionId: string) => `session:${sessionId}`,
    messages: { progress: fields, "session:inactive": fields, "session:completed": fields, "response:settled": fields },
  },
  /** Who is at the same lesson: people show their session's id, and nothing is sent. */
  lesson: {
    private: true,
    presence: true,
    versions: "type",
    topic: (concept: string) => `lesson:${concept}`,
    messages: {},
  },
  /** Every campaign, for operators. */
  giving: {
    private: true,
    versions: "type",
    topic: () => "admin:giving",
    messages: { totals: fields },
  },
  /** A campaign admin's own campaigns. */
  ownGiving: {
    private: true,
    versions: "type",
    topic: (userId: string) => `giving:${userId}`,
    messages: { totals: fields },
  },
} as const satisfies Record<string, ChannelDefinition>;

interface ChannelDefinition {
  readonly private: boolean;
  readonly presence?: boolean;
  readonly versions: "channel" | "type";
  readonly topic: (id: string) => string;
  /** The form of `data`, by message type. */
  readonly messages: Readonly<Record<string, z.ZodMiniType>>;
}

export type ChannelName = keyof typeof CHANNELS;
type MessageType<Name extends ChannelName> = keyof (typeof CHANNELS)[Name]["messages"] & string;

/** How a channel's topics are joined. */
export function joiningOf(name: ChannelName): { readonly private: boolean; readonly presence: boolean } {
  const { private: isPrivate, presence = false }: ChannelDefinition = CHANNELS[name];
  return { private: isPrivate, presence };
}

/** Channels on which people see who else is there. */
export type PresenceChannel = {
  [Name in ChannelName]: (typeof CHANNELS)[Name] extends { readonly presence: true } ? Name : never;
}[ChannelName];

/** What every message has; `at` is ISO 8601. */
interface Envelope {
  readonly type: string;
  readonly version: number;
  readonly at: string;
}

/** A message of a channel, told apart by its `type`. */
export type ChannelMessage<Name extends ChannelName> = Envelope &
  {
    [Type in MessageType<Name>]: {
      readonly type: Type;
      readonly data: z.infer<(typeof CHANNELS)[Name]["messages"][Type]>;
    };
  }[MessageType<Name>];

/**
 * Reads what came over a channel.
 * @param payload the broadcast's payload
 * @returns null for a type that this version of the page does not know, or a message without its form
 */
export function readMessage<Name extends ChannelName>(name: Name, payload: unknown): ChannelMessage<Name> | null {
  const messages: ChannelDefinition["messages"] = CHANNELS[name].messages;
  const outer = envelope.safeParse(payload);
  if (!outer.success || !Object.hasOwn(messages, outer.data.type)) return null;
  const { type, version, at } = outer.data;
  const data = messages[type]?.safeParse(outer.data.data);
  // The table has just said that this type carries this data, which the compiler cannot follow.
  return data?.success ? ({ type, version, at, data: data.data } as unknown as ChannelMessage<Name>) : null;
}
