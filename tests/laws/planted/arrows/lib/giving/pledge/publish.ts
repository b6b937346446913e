// breaks: domain-without-framework
import { Inngest } from "inngest";
export const inngest = new Inngest({ id: "planted" });
