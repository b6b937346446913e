import { expect, it } from "vitest";
import { initials } from "./avatar";

it.each([
  ["Ada Lovelace", "AL"],
  ["  grace   brewster hopper ", "GH"],
  ["linus", "L"],
  ["Élodie", "É"],
  ["👩‍💻 dev", "👩‍💻D"],
  ["", ""],
])("the initials of %j are %j", (name, letters) => {
  expect(initials(name)).toBe(letters);
});
