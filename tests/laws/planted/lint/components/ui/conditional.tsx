// breaks: react(hooks)
import { useState } from "react";
export function Conditional({ open }: { open: boolean }) {
  if (!open) return null;
  const [text] = useState("");
  return <p>{text}</p>;
}
