// breaks: domain-without-framework
import { revalidatePath } from "next/cache";
export const revalidate = (): void => revalidatePath("/");
