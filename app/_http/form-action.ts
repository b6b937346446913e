import "server-only";
import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import { AppError } from "@/lib/kernel/errors";
import { continueTrace } from "@/lib/kernel/trace";
import { reportError } from "@/lib/platform/telemetry/error-reports";
import { log } from "@/lib/platform/telemetry/log";
import { runInScope } from "@/lib/platform/telemetry/scope";
import { keptId, requestIdOf } from "@/lib/platform/telemetry/serve-request";
import { currentTrace } from "@/lib/platform/telemetry/tracing";
import type { FormState } from "./form-state";
import { toAppError } from "./problem";

/** What goes with `useActionState`; works as a plain form post too. */
export type FormAction = (previous: FormState, form: FormData) => Promise<FormState>;

/**
 * Makes a form's server action: parse → verb → what the form shows. Every failure becomes words in the
 * form, with what was typed kept; only an AppError's own message is shown.
 * @param read what of the form the schema gets; by default every field by its name
 */
export function formAction<S extends z.ZodType>(
  schema: S,
  verb: (input: z.output<S>) => Promise<{ readonly message: string } | undefined>,
  read: (form: FormData) => unknown = textFields,
): FormAction {
  return async (_previous, form) => {
    const values = Object.fromEntries(
      Object.entries(textFields(form)).filter(([name]) => !/password|token/i.test(name)),
    );
    return actionScope(async () => {
      try {
        const parsed = schema.safeParse(read(form));
        if (!parsed.success) {
          // In the order of the fields on the page, which a summary is read in; the schema may have another.
          const fields = [...new Set(form.keys())];
          const errors = parsed.error.issues
            .map((issue) => ({ field: issue.path.join("."), message: issue.message }))
            .toSorted((one, other) => fields.indexOf(one.field) - fields.indexOf(other.field));
          return { status: "failed", values, errors };
        }
        const done = await verb(parsed.data);
        return { status: "done", values, errors: [], ...(done ? { message: done.message } : {}) };
      } catch (error) {
        unstable_rethrow(error);
        const failure = toAppError(error);
        if (failure.status >= 500 || !(error instanceof AppError)) {
          log.error({ error, code: failure.code }, "form action failed");
          reportError(failure, "form", { code: failure.code });
        }
        const errors =
          failure.issues.length > 0
            ? failure.issues.map(({ path, message }) => ({ field: path, message }))
            : [{ message: failure.message }];
        return { status: "failed", values, errors };
      }
    });
  };
}

/** A form's post is a request too: its log lines bear its ids, its calls go on in its trace. */
async function actionScope<T>(work: () => Promise<T>): Promise<T> {
  const sent = await headers();
  const present = currentTrace() ?? continueTrace(sent.get("traceparent"), sent.get("trace-id"));
  return runInScope({ requestId: keptId(requestIdOf(sent)), trace: present }, work);
}

/** The form's text fields by name, without those that React adds. */
export function textFields(form: FormData): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === "string" && !name.startsWith("$ACTION")) fields[name] = value;
  return fields;
}
