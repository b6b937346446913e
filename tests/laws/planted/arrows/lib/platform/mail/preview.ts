// breaks: product-not-to-dev-dependency
import { vi } from "vitest";
export const preview = vi.fn();
