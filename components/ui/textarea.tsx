import type { ComponentProps, ReactNode } from "react";
import { CONTROL_CLASSES, Field, type FieldProps } from "./field";
import { classNames } from "./class-names";

type TextareaProps = Omit<ComponentProps<"textarea">, "name" | "id" | "className"> & FieldProps;

/** Several lines of text with label, help and error. Grows with its content where the browser can. */
export function Textarea({
  name,
  label,
  help,
  error,
  optional,
  className,
  required,
  rows = 4,
  ...rest
}: TextareaProps): ReactNode {
  return (
    <Field
      name={name}
      label={label}
      help={help}
      error={error}
      {...(optional ? { optional } : {})}
      {...(className ? { className } : {})}
    >
      {(control) => (
        <textarea
          {...control}
          rows={rows}
          required={required ?? !optional}
          className={classNames(CONTROL_CLASSES, "field-sizing-content max-h-[60vh] min-h-24 resize-y")}
          // A field as high as its content takes no notice of its rows: it begins with as many all the same.
          style={{ minHeight: `min(${rows}lh + 1rem, 60vh)` }}
          {...rest}
        />
      )}
    </Field>
  );
}
