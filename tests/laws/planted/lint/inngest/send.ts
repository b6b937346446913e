// breaks: inngest(await-inngest-send)
import { inngest } from "./client";
export function announce(): void {
  inngest.send({ name: "user/created" });
}
