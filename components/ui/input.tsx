import type { ComponentProps, ReactNode } from "react";
import { CONTROL_CLASSES, Field, type FieldProps } from "./field";
import { classNames } from "./class-names";

type InputProps = Omit<ComponentProps<"input">, "name" | "id" | "className"> &
  FieldProps & {
    /** Fixed text inside the control's edges, e.g. a currency or a domain. */
    readonly prefix?: string;
    readonly suffix?: string;
  };

/** A line of text with its label, help and error. Required unless `optional`. */
export function Input({
  name,
  label,
  help,
  error,
  optional,
  className,
  prefix,
  suffix,
  required,
  ...rest
}: InputProps): ReactNode {
  return (
    <Field
      name={name}
      label={label}
      help={help}
      error={error}
      {...(optional ? { optional } : {})}
      {...(className ? { className } : {})}
    >
      {(control) =>
        prefix || suffix ? (
          <span className="flex items-stretch">
            {prefix ? <Affix side="start">{prefix}</Affix> : null}
            <input
              {...control}
              required={required ?? !optional}
              className={classNames(CONTROL_CLASSES, "min-w-0", prefix && "rounded-l-none", suffix && "rounded-r-none")}
              {...rest}
            />
            {suffix ? <Affix side="end">{suffix}</Affix> : null}
          </span>
        ) : (
          <input {...control} required={required ?? !optional} className={CONTROL_CLASSES} {...rest} />
        )
      }
    </Field>
  );
}

function Affix({ side, children }: { readonly side: "start" | "end"; readonly children: string }): ReactNode {
  return (
    <span
      className={classNames(
        "flex shrink-0 items-center border border-control bg-sunk px-3 text-sm text-muted",
        side === "start" ? "rounded-l-control border-r-0" : "rounded-r-control border-l-0",
      )}
    >
      {children}
    </span>
  );
}
