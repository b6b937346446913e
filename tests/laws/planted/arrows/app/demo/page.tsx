// breaks: product-not-to-workshop, app-on-lib-and-components
import { start } from "@/devstack/start";
export const Page = () => <p>{start()}</p>;
