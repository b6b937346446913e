import type { ComponentProps, ReactNode } from "react";
import { controlProps, fieldId, FieldNotes, type FieldProps } from "./field";
import { classNames } from "./class-names";

type ToggleProps = Omit<ComponentProps<"input">, "name" | "id" | "type" | "className"> & Omit<FieldProps, "optional">;

const ROW = "touch-target flex items-start gap-3 py-1.5 has-enabled:cursor-pointer";

/** One thing to agree to or include. Native, so it submits without JavaScript. */
export function Checkbox({ name, label, help, error, className, ...rest }: ToggleProps): ReactNode {
  const control = controlProps({ name, help, error });
  return (
    <div className={className}>
      <label className={ROW}>
        <input type="checkbox" {...control} className="mt-0.5 size-5 shrink-0 accent-(--half)" {...rest} />
        <span>{label}</span>
      </label>
      <div className="pl-8">
        <FieldNotes id={control.id} help={help} error={error} />
      </div>
    </div>
  );
}

/** On or off, taking effect as the form is saved. A native checkbox that says it is a switch. */
export function Switch({ name, label, help, error, className, ...rest }: ToggleProps): ReactNode {
  const control = controlProps({ name, help, error });
  return (
    <div className={classNames("flex items-start justify-between gap-6 py-2", className)}>
      <div>
        <label htmlFor={control.id} className="font-medium">
          {label}
        </label>
        <FieldNotes id={control.id} help={help} error={error} />
      </div>
      <input
        type="checkbox"
        role="switch"
        {...control}
        className={classNames(
          "relative h-6 w-11 shrink-0 cursor-pointer appearance-none rounded-full border border-control bg-sunk transition-colors",
          "before:absolute before:top-0.5 before:left-0.5 before:size-[1.125rem] before:rounded-full before:bg-control before:transition-[translate]",
          "checked:border-transparent checked:bg-accent checked:before:translate-x-5 checked:before:bg-on-accent",
          "disabled:cursor-not-allowed disabled:opacity-60 forced-colors:appearance-auto",
        )}
        {...rest}
      />
    </div>
  );
}

export interface RadioOption {
  readonly value: string;
  readonly label: ReactNode;
  readonly help?: ReactNode;
  readonly disabled?: boolean;
}

interface RadioGroupProps extends Omit<FieldProps, "optional"> {
  readonly options: readonly RadioOption[];
  readonly defaultValue?: string;
  readonly required?: boolean;
  readonly onChange?: (value: string) => void;
}

/** One of a few, all in sight. The first radio bears the field's id so that ErrorSummary can reach it. */
export function RadioGroup({
  name,
  label,
  help,
  error,
  className,
  options,
  defaultValue,
  required = true,
  onChange,
}: RadioGroupProps): ReactNode {
  const id = fieldId(name);
  const control = controlProps({ name, help, error });
  return (
    <fieldset className={className} aria-describedby={control["aria-describedby"]}>
      <legend className="mb-1 font-medium">{label}</legend>
      <div className="flex flex-col">
        {options.map((option, index) => {
          const optionId = index === 0 ? id : `${id}-${option.value}`;
          return (
            <div key={option.value}>
              <label className={ROW}>
                <input
                  type="radio"
                  id={optionId}
                  name={name}
                  value={option.value}
                  defaultChecked={option.value === defaultValue}
                  required={required}
                  disabled={option.disabled}
                  aria-describedby={option.help ? `${id}-${option.value}-note` : undefined}
                  className="mt-0.5 size-5 shrink-0 accent-(--half)"
                  {...(onChange ? { onChange: () => onChange(option.value) } : {})}
                />
                <span>{option.label}</span>
              </label>
              {option.help ? (
                <p id={`${id}-${option.value}-note`} className="-mt-1 pb-2 pl-8 text-xs text-muted">
                  {option.help}
                </p>
              ) : null}
            </div>
          );
        })}
      </div>
      <FieldNotes id={id} help={help} error={error} />
    </fieldset>
  );
}
