import { expect } from "vitest";
import { known } from "./rules";
expect(known({})).toBe(false);
