// breaks: components-take-props
import { performance } from "node:perf_hooks";
export const Clock = () => <p>{performance.now()}</p>;
