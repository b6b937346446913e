// breaks: app-on-lib-and-components
import { analyse } from "../../inngest/analysis/analyse";
export const Page = () => <p>{String(analyse())}</p>;
