import type { ComponentProps, ReactNode } from "react";
import { CONTROL_CLASSES, Field, type FieldProps } from "./field";
import { classNames } from "./class-names";

export interface SelectOption {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
}

type SelectProps = Omit<ComponentProps<"select">, "name" | "id" | "className" | "children"> &
  FieldProps & {
    readonly options: readonly SelectOption[];
    /** Shown first with an empty value, e.g. "Choose a currency". */
    readonly placeholder?: string;
  };

/** The platform's own select: it works without JavaScript and with every phone's picker. */
export function Select({
  name,
  label,
  help,
  error,
  optional,
  className,
  options,
  placeholder,
  required,
  ...rest
}: SelectProps): ReactNode {
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
        <span className="relative block">
          <select
            {...control}
            required={required ?? !optional}
            className={classNames(CONTROL_CLASSES, "appearance-none pr-9")}
            {...rest}
          >
            {placeholder ? <option value="">{placeholder}</option> : null}
            {options.map((option) => (
              <option key={option.value} value={option.value} disabled={option.disabled}>
                {option.label}
              </option>
            ))}
          </select>
          <svg
            viewBox="0 0 16 16"
            aria-hidden="true"
            className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-muted"
          >
            <path
              d="m4 6 4 4 4-4"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.6"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
        </span>
      )}
    </Field>
  );
}
