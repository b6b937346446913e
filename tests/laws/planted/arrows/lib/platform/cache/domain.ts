// breaks: platform-on-its-ground
import type { store } from "@/lib/analysis/store";
export type Store = typeof store;
