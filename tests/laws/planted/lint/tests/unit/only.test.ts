// breaks: vitest(no-focused-tests)
import { expect, test } from "vitest";
test.only("runs alone", () => {
  expect(1).toBe(1);
});
