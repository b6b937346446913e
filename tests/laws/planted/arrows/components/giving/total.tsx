// breaks: components-take-props, components-never-reach-server-env, components-never-reach-trusted
import { store } from "@/lib/analysis/store";
export const Total = () => <p>{String(store())}</p>;
