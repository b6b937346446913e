import { expect, it } from "vitest";
import { CHANNELS, readMessage } from "./channels";

const at = "2026-11-23T10:00:00.000Z";

it("builds the topics that the policies know", () => {
  expect([
    CHANNELS.user.topic("u"),
    CHANNELS.analysis.topic("a"),
    CHANNELS.session.topic("s"),
    CHANNELS.lesson.topic("l"),
    CHANNELS.campaign.topic("c"),
    CHANNELS.giving.topic(),
    CHANNELS.ownGiving.topic("o"),
  ]).toEqual(["user:u", "analysis:a", "session:s", "lesson:l", "campaign:c", "admin:giving", "giving:o"]);
  expect(Object.values(CHANNELS).filter((channel) => !channel.private)).toEqual([CHANNELS.campaign]);
});

it("reads a message of the channel, without what the database adds", () => {
  expect(
    readMessage("analysis", { id: "x", type: "progress", version: 2, at, data: { phase: "scan", progress: 10 } }),
  ).toEqual({
    type: "progress",
    version: 2,
    at,
    data: { phase: "scan", progress: 10 },
  });
});

it.each([
  ["an unknown type", { type: "toString", version: 1, at, data: {} }],
  ["another channel's type", { type: "notice", version: 1, at, data: {} }],
  ["no version", { type: "progress", at, data: { phase: "scan", progress: 10 } }],
  ["a version that is no whole number", { type: "progress", version: 1.5, at, data: { phase: "scan", progress: 10 } }],
  ["data of another form", { type: "progress", version: 1, at, data: { phase: 7 } }],
  ["a time that is none", { type: "progress", version: 1, at: "yesterday", data: { phase: "scan", progress: 10 } }],
  ["no object", "progress"],
  ["nothing", undefined],
])("does not take %s", (_case, payload) => {
  expect(readMessage("analysis", payload)).toBeNull();
});
