import type { CSSProperties, ReactNode } from "react";
import { graphOf } from "@/lib/learning/overview/graph/rules";
import type { MapConcept } from "@/lib/learning/overview/rules";
import { ConceptBadge } from "./concept-badge";

/** Height of a row with the space under it, and of a box, in pixels. */
const ROW = 132;
const BOX = 84;

interface TrackGraphProps {
  readonly levels: readonly (readonly MapConcept[])[];
  readonly title: string;
}

/**
 * What stands on what, from the top down: a box for each concept, a line to each that builds on it. Boxes are links to the concept
 * in the list below, which says the same in words; on a narrow screen the list is all there is.
 */
export function TrackGraph({ levels, title }: TrackGraphProps): ReactNode {
  const { boxes, lines, widest } = graphOf(levels);
  const concepts = new Map(levels.flat().map((concept) => [concept.slug, concept]));
  const width = 100 / widest;
  return (
    <nav
      aria-label={`Map of ${title}`}
      className="relative hidden md:block"
      style={{ height: (levels.length - 1) * ROW + BOX }}
    >
      <svg
        aria-hidden="true"
        viewBox={`0 0 100 ${(levels.length - 1) * ROW + BOX}`}
        preserveAspectRatio="none"
        className="absolute inset-0 size-full text-control"
      >
        {lines.map(({ from, to }) => (
          <path
            key={`${from.slug} ${to.slug}`}
            d={curve(from.x * 100, from.row * ROW + BOX, to.x * 100, to.row * ROW)}
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <ul>
        {boxes.map(({ slug, x, row }) => {
          const concept = concepts.get(slug);
          return concept ? (
            <li key={slug} className="absolute flex justify-center px-2" style={placeOf(x, row, width)}>
              <a
                href={`#${slug}`}
                className="flex h-full w-full max-w-64 flex-col items-start justify-center gap-1 rounded-surface border border-control bg-surface px-3 py-2 text-sm leading-tight font-medium no-underline hover:border-accent hover:bg-sunk"
              >
                {concept.title}
                <ConceptBadge standing={concept.standing} />
              </a>
            </li>
          ) : null;
        })}
      </ul>
    </nav>
  );
}

function placeOf(x: number, row: number, width: number): CSSProperties {
  return { left: `${x * 100 - width / 2}%`, top: row * ROW, width: `${width}%`, height: BOX };
}

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const bend = (y2 - y1) / 2;
  return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}
