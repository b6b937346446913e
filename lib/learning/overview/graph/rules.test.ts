import { describe, expect, it } from "vitest";
import { readContent } from "../../content/read-content";
import { NEW_LEARNER } from "../../mastery/apply-attempt";
import { mapOf } from "../rules";
import { graphOf } from "./rules";

const node = (slug: string, ...builtOn: string[]) => ({ slug, builtOn: builtOn.map((ground) => ({ slug: ground })) });

describe("the graph of a track", () => {
  it("puts each concept under what it builds on, as near to it as it may", () => {
    const { boxes, lines, widest } = graphOf([
      [node("left"), node("right")],
      [node("of-right", "right"), node("of-left", "left", "from-another-track")],
      [node("last", "of-left", "right")],
    ]);
    expect(boxes).toEqual([
      { slug: "left", x: 0.25, row: 0 },
      { slug: "right", x: 0.75, row: 0 },
      { slug: "of-left", x: 0.25, row: 1 },
      { slug: "of-right", x: 0.75, row: 1 },
      { slug: "last", x: 0.5, row: 2 },
    ]);
    expect(lines.map(({ from, to }) => [from.slug, to.slug])).toEqual([
      ["right", "of-right"],
      ["left", "of-left"],
      ["of-left", "last"],
      ["right", "last"],
    ]);
    expect(widest).toBe(2);
  });

  it("of nothing is empty", () => {
    expect(graphOf([])).toEqual({ boxes: [], lines: [], widest: 1 });
  });

  it.each(readContent().map((track) => [track.slug, track] as const))("of %s has every line lead down", (_, track) => {
    const { boxes, lines } = graphOf(mapOf(track, readContent(), NEW_LEARNER, "2026-05-01T12:00:00.000Z"));
    expect(boxes).toHaveLength(track.concepts.length);
    expect(lines.length).toBeGreaterThan(0);
    for (const { from, to } of lines) expect(to.row).toBeGreaterThan(from.row);
  });
});
