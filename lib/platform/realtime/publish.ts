import "server-only";
import { CHANNELS, joiningOf, readMessage, type ChannelMessage, type ChannelName } from "./channels";
import { sendMessage } from "./store";

/** What is published: a message without its time, which the database gives. */
export type Outgoing<Name extends ChannelName> = Omit<ChannelMessage<Name>, "at">;

/**
 * Publishes a message that is not the consequence of a row in our database; a SQL function that changes something
 * announces that itself, in its transaction. Delivery is not certain: the version, which grows with each
 * change of what the channel is about, lets pages drop what is older than their snapshot.
 * @param id what the topic is about; ignored by `giving`
 * @throws TypeError when the message has not the form of the channel's table, AppError `database_unavailable`
 */
export async function publish<Name extends ChannelName>(
  name: Name,
  id: string,
  message: Outgoing<Name>,
): Promise<void> {
  const { type, data, version } = message;
  if (!readMessage(name, { type, data, version, at: new Date().toISOString() })) {
    throw new TypeError(`A message "${type}" of this form is not in the table of the channel ${name}.`);
  }
  await sendMessage({ topic: CHANNELS[name].topic(id), private: joiningOf(name).private, type, data, version });
}
