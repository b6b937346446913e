// breaks: domain-without-framework
import type { ReactNode } from "react";
export type Node = ReactNode;
