/** A concept as the graph needs it. */
interface Node {
  readonly slug: string;
  readonly builtOn: readonly { readonly slug: string }[];
}

/** A point of the graph: from 0 (left) to 1 (right), and its row from the top. */
export interface GraphPoint {
  readonly x: number;
  readonly row: number;
}

/** Where the middle of a concept's box stands. */
export interface GraphBox extends GraphPoint {
  readonly slug: string;
}

export interface GraphLine {
  readonly from: string;
  readonly to: string;
  /** From the box that is built on, through the gaps that are kept for it, to the box that builds on it. */
  readonly points: readonly GraphPoint[];
}

export interface Graph {
  readonly boxes: readonly GraphBox[];
  readonly lines: readonly GraphLine[];
  /** How many boxes the widest row has room for. */
  readonly widest: number;
}

/** What a line that passes a row takes of it, beside a box. */
const GAP = 0.3;

/** What stands in a row: a box, or a gap for a line that goes on. */
interface Slot {
  readonly key: string;
  readonly width: number;
  readonly above: readonly string[];
}

/**
 * Places a track's concepts: each row stands under all that it builds on, and in a row each concept as near as it may to the middle
 * of what it builds on, so that few lines cross. A line that passes a row has a gap there and never runs behind a box; what follows from
 * other lines is not drawn.
 * @param levels the concepts by how much they build on
 */
export function graphOf(levels: readonly (readonly Node[])[]): Graph {
  const nodes = new Map(levels.flat().map((node) => [node.slug, node]));
  const rowOf = new Map(levels.flatMap((level, row) => level.map(({ slug }) => [slug, row] as const)));
  const edges = [...nodes.values()].flatMap((node) =>
    drawn(node, nodes).map((from) => ({ from, to: node.slug, passes: passed(from, node.slug, rowOf) })),
  );
  const keysOf = ({ from, to, passes }: (typeof edges)[number]) => [
    from,
    ...passes.map((row) => `${from} ${to} ${row}`),
    to,
  ];
  const points = new Map<string, GraphPoint>();
  const widths: number[] = [];
  for (const [row, level] of levels.entries()) {
    const slots: Slot[] = [
      ...level.map(({ slug }) => ({
        key: slug,
        width: 1,
        above: edges.filter(({ to }) => to === slug).flatMap((edge) => keysOf(edge).at(-2) ?? []),
      })),
      ...edges
        .filter(({ passes }) => passes.includes(row))
        .map((edge) => {
          const at = edge.passes.indexOf(row) + 1;
          return { key: keysOf(edge)[at] ?? "", width: GAP, above: [keysOf(edge)[at - 1] ?? ""] };
        }),
    ];
    const total = slots.reduce((sum, { width }) => sum + width, 0);
    widths.push(total);
    let before = 0;
    for (const { key, width } of slots.toSorted((one, other) => middle(one, points) - middle(other, points))) {
      points.set(key, { x: (before + width / 2) / total, row });
      before += width;
    }
  }
  return {
    boxes: [...nodes.keys()].flatMap((slug) => {
      const point = points.get(slug);
      return point ? [{ slug, ...point }] : [];
    }),
    lines: edges.map((edge) => ({
      from: edge.from,
      to: edge.to,
      points: keysOf(edge).flatMap((key) => points.get(key) ?? []),
    })),
    widest: Math.max(1, ...widths),
  };
}

function middle({ above }: Slot, points: ReadonlyMap<string, GraphPoint>): number {
  const xs = above.flatMap((key) => points.get(key)?.x ?? []);
  return xs.length === 0 ? 0.5 : xs.reduce((sum, x) => sum + x, 0) / xs.length;
}

/** The rows between two concepts. */
function passed(from: string, to: string, rowOf: ReadonlyMap<string, number>): number[] {
  const first = (rowOf.get(from) ?? 0) + 1;
  return Array.from({ length: Math.max(0, (rowOf.get(to) ?? 0) - first) }, (_, index) => first + index);
}

/** What a concept builds on in this track, less what another of these builds on anyway. */
function drawn({ builtOn }: Node, nodes: ReadonlyMap<string, Node>): string[] {
  const grounds = builtOn.flatMap(({ slug }) => (nodes.has(slug) ? [slug] : []));
  return grounds.filter((slug) => !grounds.some((other) => other !== slug && standsOn(other, slug, nodes)));
}

function standsOn(slug: string, ground: string, nodes: ReadonlyMap<string, Node>): boolean {
  return (nodes.get(slug)?.builtOn ?? []).some((one) => one.slug === ground || standsOn(one.slug, ground, nodes));
}
