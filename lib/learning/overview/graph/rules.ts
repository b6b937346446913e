/** A concept as the graph needs it. */
interface Node {
  readonly slug: string;
  readonly builtOn: readonly { readonly slug: string }[];
}

/** Where a concept stands: its middle from 0 (left) to 1 (right), and its row from the top. */
export interface GraphBox {
  readonly slug: string;
  readonly x: number;
  readonly row: number;
}

export interface Graph {
  readonly boxes: readonly GraphBox[];
  /** From what is built on to what builds on it. */
  readonly lines: readonly { readonly from: GraphBox; readonly to: GraphBox }[];
  /** How many boxes stand side by side in the widest row. */
  readonly widest: number;
}

/**
 * Places a track's concepts: each row stands under all that it builds on, and in a row each concept as near as it may to the middle
 * of what it builds on, so that few lines cross.
 * @param levels the concepts by how much they build on
 */
export function graphOf(levels: readonly (readonly Node[])[]): Graph {
  const placed = new Map<string, GraphBox>();
  for (const [row, concepts] of levels.entries()) {
    const middle = ({ builtOn }: Node): number => {
      const above = builtOn.flatMap(({ slug }) => placed.get(slug)?.x ?? []);
      return above.length === 0 ? 0.5 : above.reduce((sum, x) => sum + x, 0) / above.length;
    };
    const ordered = concepts
      .map((concept) => ({ concept, wanted: middle(concept) }))
      .toSorted((one, other) => one.wanted - other.wanted);
    for (const [index, { concept }] of ordered.entries())
      placed.set(concept.slug, { slug: concept.slug, x: (index + 0.5) / ordered.length, row });
  }
  const lines = levels.flat().flatMap(({ slug, builtOn }) => {
    const to = placed.get(slug);
    return builtOn.flatMap((ground) => {
      const from = placed.get(ground.slug);
      return from && to ? [{ from, to }] : [];
    });
  });
  return { boxes: [...placed.values()], lines, widest: Math.max(1, ...levels.map(({ length }) => length)) };
}
