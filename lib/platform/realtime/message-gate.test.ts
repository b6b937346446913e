import { describe, expect, it } from "vitest";
import { MessageGate } from "./message-gate";

const message = (version: number, type = "progress") => ({ type, version });

describe("MessageGate", () => {
  it("keeps messages back until the snapshot, then lets out those newer than it, oldest first", () => {
    const gate = new MessageGate("channel");
    expect([message(5), message(3), message(4)].map((each) => gate.take(each))).toEqual([null, null, null]);
    expect(gate.release(3)).toEqual({ current: true, messages: [message(4), message(5)] });
  });

  it("drops what is not newer than what has been shown, repeats included", () => {
    const gate = new MessageGate("channel");
    gate.release(3);
    expect(gate.take(message(3))).toBeNull();
    expect(gate.take(message(4))).toEqual(message(4));
    expect(gate.take(message(4, "found"))).toBeNull();
    expect(gate.take(message(2))).toBeNull();
    expect(gate.take(message(9))).toEqual(message(9));
  });

  it("says that a snapshot has been overtaken, and does not go back to it", () => {
    const gate = new MessageGate("channel");
    gate.release(1);
    gate.take(message(7));
    gate.hold();
    expect(gate.take(message(8))).toBeNull();
    expect(gate.release(6)).toEqual({ current: false, messages: [message(8)] });
    expect(gate.take(message(7))).toBeNull();
  });

  it("counts each type alone where the channel says so", () => {
    const gate = new MessageGate("type");
    gate.release({ notice: 10 });
    expect(gate.take(message(10, "notice"))).toBeNull();
    expect(gate.take(message(1, "session:started"))).toEqual(message(1, "session:started"));
    expect(gate.take(message(11, "notice"))).toEqual(message(11, "notice"));
    expect(gate.take(message(1, "session:started"))).toBeNull();
  });
});
