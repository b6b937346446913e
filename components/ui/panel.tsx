import type { ReactNode } from "react";
import { classNames } from "./class-names";

interface PanelProps {
  readonly title?: ReactNode;
  /** One sentence under the title. */
  readonly description?: ReactNode;
  /** Beside the title: a link or a button. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly id?: string;
  /** The level of the title; 2 unless told. */
  readonly level?: 2 | 3;
  /** No space around the content, for tables and lists that run to the edge. */
  readonly flush?: boolean;
  readonly className?: string;
}

/** A surface for one subject. Never inside another panel: use lines there. */
export function Panel({ title, description, aside, children, id, level = 2, flush, className }: PanelProps): ReactNode {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section id={id} className={classNames("overflow-clip rounded-surface border border-line bg-surface", className)}>
      {title ? (
        <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 border-b border-line px-4 py-3 sm:px-5">
          <div>
            <Heading className="text-base font-semibold">{title}</Heading>
            {description ? <p className="max-w-measure text-muted">{description}</p> : null}
          </div>
          {aside ? <div className="flex flex-wrap items-center gap-2">{aside}</div> : null}
        </header>
      ) : null}
      <div className={flush ? undefined : "px-4 py-4 sm:px-5"}>{children}</div>
    </section>
  );
}
