// breaks: react(set-state-in-effect), react-hooks(exhaustive-deps)
import { useEffect, useState } from "react";
export function Stale({ start }: { start: number }) {
  const [count, setCount] = useState(0);
  useEffect(() => {
    setCount(start);
  }, []);
  return <p>{count}</p>;
}
