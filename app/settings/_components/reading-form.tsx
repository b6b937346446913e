"use client";

import type { ReactNode } from "react";
import type { FormAction } from "@/app/_http/form-action";
import type { FormState } from "@/app/_http/form-state";
import { rememberTheme } from "@/components/site/hints";
import { themeOf } from "@/lib/kernel/viewer";
import { SaveForm } from "./save-form";

/** The page around the form takes the theme at once; without JavaScript the next page has it. */
const takeTheme = (values: FormState["values"]): void => rememberTheme(themeOf(values["theme"]));

/** Form of how pages look and how things are explained. */
export function ReadingForm({
  action,
  children,
}: {
  readonly action: FormAction;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <SaveForm action={action} submit="Save preferences" pending="Saving…" onSaved={takeTheme}>
      {children}
    </SaveForm>
  );
}
