import { describe, expect, it } from "vitest";
import { answerOf, missingIn } from "./answer-of";

function form(...fields: readonly (readonly [string, string])[]): FormData {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
}

describe("the answer in a form", () => {
  it("is read by the kind of question", () => {
    expect(answerOf("choice", form(["ids", "a"], ["ids", "c"]))).toEqual({ kind: "choice", ids: ["a", "c"] });
    expect(answerOf("justify", form(["choice", "a"], ["because", "x"]))).toEqual({
      kind: "justified",
      choice: "a",
      because: ["x"],
    });
    expect(answerOf("explain", form(["choice", "a"], ["words", "one\r\ntwo"]))).toEqual({
      kind: "argued",
      choice: "a",
      words: "one\ntwo",
    });
    expect(answerOf("explain", form(["words", "one"]))).toEqual({ kind: "argued", choice: null, words: "one" });
    expect(answerOf("locate", form(["line", "7"]))).toEqual({ kind: "line", line: 7 });
    for (const kind of ["short", "predict", "fix", "write", "refactor"] as const)
      expect(answerOf(kind, form(["text", "one\r\ntwo"]))).toEqual({ kind: "text", text: "one\ntwo" });
  });

  it("puts lines where they were given a place, and leaves the others out", () => {
    const given = form(
      ["lines", "b"],
      ["places", "2"],
      ["lines", "not needed"],
      ["places", ""],
      ["lines", "a"],
      ["places", "1"],
    );
    expect(answerOf("order", given)).toEqual({ kind: "lines", lines: ["a", "b"] });
  });

  it("says what is missing, at its field", () => {
    const empty = form();
    expect(missingIn(answerOf("choice", empty))?.field).toBe("ids");
    expect(missingIn(answerOf("justify", empty))?.field).toBe("choice");
    expect(missingIn(answerOf("justify", form(["choice", "a"])))?.field).toBe("because");
    expect(missingIn(answerOf("explain", empty), 2)?.field).toBe("choice");
    expect(missingIn(answerOf("explain", form(["choice", "a"], ["words", " "])), 2)?.field).toBe("words");
    expect(missingIn(answerOf("explain", empty))?.field).toBe("words");
    expect(missingIn(answerOf("explain", form(["words", "So."])))).toBeNull();
    expect(missingIn(answerOf("locate", empty))?.field).toBe("line");
    expect(missingIn(answerOf("order", empty))?.field).toBe("places");
    expect(missingIn(answerOf("write", form(["text", " \n"])))?.field).toBe("text");
    expect(missingIn(answerOf("write", form(["text", "x"])))).toBeNull();
  });
});
