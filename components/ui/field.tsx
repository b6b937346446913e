import type { ReactNode } from "react";
import { classNames } from "./class-names";

/** What a control needs to be tied to its label, help and error. Spread it on the control. */
export interface ControlProps {
  readonly id: string;
  readonly name: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
}

export interface FieldProps {
  /** The form field's name; the control's id is made from it so that ErrorSummary can link to it. */
  readonly name: string;
  readonly label: ReactNode;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  /** Says "(optional)" beside the label. Fields are required unless this is set. */
  readonly optional?: boolean;
  readonly className?: string;
}

/** The id of the control of a field, also what an error summary links to. Dots of a path become dashes. */
export function fieldId(name: string): string {
  return `field-${name.replaceAll(/[^\w-]/g, "-")}`;
}

/** The props that tie a control to its field. */
export function controlProps({ name, help, error }: Pick<FieldProps, "name" | "help" | "error">): ControlProps {
  const id = fieldId(name);
  const described = [error ? `${id}-error` : null, help ? `${id}-help` : null].filter(Boolean).join(" ");
  return { id, name, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined };
}

/** Label above, control, help and error below. For own controls; Input, Textarea and Select bring it along. */
export function Field({
  name,
  label,
  help,
  error,
  optional,
  className,
  children,
}: FieldProps & { readonly children: (control: ControlProps) => ReactNode }): ReactNode {
  const control = controlProps({ name, help, error });
  return (
    <div className={classNames("flex flex-col gap-1.5", className)}>
      <label htmlFor={control.id} className="font-medium">
        {label}
        {optional ? <span className="font-normal text-muted"> (optional)</span> : null}
      </label>
      {children(control)}
      <FieldNotes id={control.id} help={help} error={error} />
    </div>
  );
}

/** Error first, since it is what matters now; then the help. */
export function FieldNotes({
  id,
  help,
  error,
}: {
  readonly id: string;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
}): ReactNode {
  return (
    <>
      {error ? (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-xs font-medium text-danger">
          <svg viewBox="0 0 16 16" aria-hidden="true" className="mt-0.5 size-3.5 shrink-0">
            <path
              d="M8 1.5 15 14H1L8 1.5Z"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
              strokeLinejoin="round"
            />
            <path d="M8 6v3.5M8 11.6v.4" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
          </svg>
          <span>{error}</span>
        </p>
      ) : null}
      {help ? (
        <p id={`${id}-help`} className="text-xs text-muted">
          {help}
        </p>
      ) : null}
    </>
  );
}

/** Shared by everything one can type into or pick from. */
export const CONTROL_CLASSES =
  "touch-target w-full rounded-control border border-control bg-surface px-3 py-1.5 text-base sm:text-sm text-ink transition-colors " +
  "hover:border-ink aria-invalid:border-danger aria-invalid:bg-danger-wash disabled:cursor-not-allowed disabled:bg-sunk disabled:text-muted [&[readonly]]:bg-sunk";
