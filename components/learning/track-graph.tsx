import type { CSSProperties, ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";
import { graphOf, type GraphPoint } from "@/lib/learning/overview/graph/rules";
import type { MapConcept } from "@/lib/learning/overview/rules";
import { ConceptBadge } from "./concept-badge";

/** Between two rows, in pixels. */
const SPACE = 48;
/** Height of a box, and of one that is narrow because many stand side by side. */
const BOX = 84;
const NARROW_BOX = 116;
/** More boxes than this in a row are narrow, and need a wide window. */
const ROOMY = 4;

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
  const box = widest > ROOMY ? NARROW_BOX : BOX;
  const height = levels.length * (box + SPACE) - SPACE;
  return (
    <nav
      aria-label={`Map of ${title}`}
      className={classNames("relative hidden", widest > ROOMY ? "lg:block" : "md:block")}
      style={{ height }}
    >
      <svg
        aria-hidden="true"
        viewBox={`0 0 100 ${height}`}
        preserveAspectRatio="none"
        className="absolute inset-0 size-full text-control"
      >
        {lines.map(({ from, to, points }) => (
          <path
            key={`${from} ${to}`}
            d={drawn(points, box)}
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
            <li
              key={slug}
              className="absolute flex justify-center px-2"
              style={placeOf(x, row * (box + SPACE), 100 / widest, box)}
            >
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

function placeOf(x: number, top: number, width: number, height: number): CSSProperties {
  return { left: `${x * 100 - width / 2}%`, top, width: `${width}%`, height };
}

/** From the foot of the first box to the head of the last, straight through the rows between them. */
function drawn(points: readonly GraphPoint[], box: number): string {
  const top = ({ row }: GraphPoint) => row * (box + SPACE);
  return points
    .map((point, index) => {
      const before = points[index - 1];
      const x = point.x * 100;
      const foot = top(point) + box;
      if (!before) return `M${x} ${foot}`;
      const from = top(before) + box;
      const bend = `C${before.x * 100} ${from + SPACE / 2} ${x} ${top(point) - SPACE / 2} ${x} ${top(point)}`;
      return index === points.length - 1 ? bend : `${bend}V${foot}`;
    })
    .join("");
}
