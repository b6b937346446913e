import type { Track } from "../../content/schemas";
import type { LearnerState } from "../../mastery/schemas";
import type { BelievedPattern } from "../../patterns/schemas";
import { nextOf, placesOf, standingOf, type ConceptStanding, type Placed } from "../rules";

/** What an analysis recommends, as far as a path needs it. */
export interface Recommended {
  readonly concept: string;
  readonly reasons: readonly { readonly kind: string; readonly sentence: string }[];
  readonly places: readonly CodePlace[];
}

/** What an analysis found that is dangerous, as far as a path needs it. */
export interface Weakness {
  /** The lesson about it. */
  readonly concept: string;
  readonly title: string;
  /** How often it stands there. */
  readonly places: number;
  readonly first: CodePlace;
}

/** What the newest analysis shows. */
export interface Shown {
  readonly recommended: readonly Recommended[];
  /** The worst first. */
  readonly weaknesses: readonly Weakness[];
}

export interface CodePlace {
  readonly path: string;
  readonly line: number;
}

/** What is remembered of how somebody writes, as far as a path needs it. */
export type Remembered = Pick<BelievedPattern, "concept" | "kind" | "correction" | "count" | "sightings"> & {
  /** Of the pattern, for people. */
  readonly name: string;
};

/** Where a reason comes from; in this order they lead the path. */
export const PATH_SOURCES = ["wish", "lapsed", "weakness", "analysis", "memory", "begun", "track", "start"] as const;
export type PathSource = (typeof PATH_SOURCES)[number];

export interface PathReason {
  /** `ground`: another lesson of the path builds on it. */
  readonly source: PathSource | "ground";
  readonly sentence: string;
  /** In the code of the newest analysis, which can be linked. */
  readonly place: CodePlace | null;
}

/** A lesson to take, and why. */
export interface PathStep {
  readonly concept: string;
  readonly title: string;
  readonly summary: string;
  readonly trackSlug: string;
  readonly trackTitle: string;
  readonly standing: ConceptStanding;
  readonly reasons: readonly PathReason[];
  /** Something in the learner's own code leads to it. */
  readonly fromOwnCode: boolean;
}

interface Known {
  readonly tracks: readonly Track[];
  readonly learner: LearnerState;
  /** Null: nothing of theirs was analysed yet. */
  readonly shown: Shown | null;
  readonly remembered: readonly Remembered[];
  /** Slugs of the tracks they take. */
  readonly enrolled: readonly string[];
  readonly now: string;
}

interface Lead {
  readonly placed: Placed;
  readonly reason: PathReason;
  /** For ground: the lesson that stands on it comes from the learner's own code. */
  readonly ownCode?: boolean;
}

const OWN_CODE: ReadonlySet<PathReason["source"]> = new Set(["weakness", "analysis", "memory"]);
/** A concept of the catalogue that no lesson has as its own leads to so many that are near. */
const NEAR = 2;

/**
 * The way from what is known of somebody to what they can. A lesson is on it for a reason: what they want to learn; what was
 * forgotten; what is dangerous in their code; what its analysis recommends; what their code or answers showed elsewhere; what they
 * began; the next lesson of each track they take; where none of these is known, where the tracks begin. In that order; before a
 * lesson come those that it builds on. What is mastered is left out, and so is what the learner said they know, unless it is wrong
 * in their code.
 */
export function pathFor(known: Known): PathStep[] {
  const places = placesOf(known.tracks);
  const leads = leadsOf(known, places);
  const steps = new Map<string, Lead["reason"][]>();
  const mastered = (slug: string): boolean => known.learner.concepts[slug]?.status === "mastered";
  const add = ({ placed, reason, ownCode = OWN_CODE.has(reason.source) }: Lead): void => {
    const { slug, prerequisites } = placed.concept;
    if (mastered(slug)) return;
    const there = steps.get(slug);
    if (there) {
      if (!there.some(({ sentence }) => sentence === reason.sentence)) there.push(reason);
      return;
    }
    // Content has no circles.
    for (const before of prerequisites) {
      const ground = places.get(before);
      if (ground)
        add({
          placed: ground,
          ownCode,
          reason: {
            source: "ground",
            sentence: `“${placed.concept.title}”${ownCode ? ", which your code leads to," : ""} builds on it.`,
            place: null,
          },
        });
    }
    steps.set(slug, [reason]);
  };
  for (const lead of leads) add(lead);
  return [...steps].flatMap(([slug, reasons]): PathStep[] => {
    const placed = places.get(slug);
    if (!placed) return [];
    return [
      {
        concept: slug,
        title: placed.concept.title,
        summary: placed.concept.summary,
        trackSlug: placed.track.slug,
        trackTitle: placed.track.title,
        standing: standingOf(placed.concept, known.learner, known.now),
        // What the code itself says of it before what other lessons do.
        reasons: reasons.toSorted((one, other) => Number(one.source === "ground") - Number(other.source === "ground")),
        fromOwnCode: reasons.some(({ source }) => OWN_CODE.has(source)),
      },
    ];
  });
}

function leadsOf(known: Known, places: ReadonlyMap<string, Placed>): Lead[] {
  const { tracks, learner, shown, remembered, enrolled, now } = known;
  const lessons = (slug: string) => lessonsOn(slug, places);
  const lead = (placed: Placed, source: PathSource, sentence: string, place: CodePlace | null = null): Lead => ({
    placed,
    reason: { source, sentence, place },
  });
  const said = wordsOf(remembered);

  const wishes = remembered
    .filter(({ correction }) => correction === "want_to_learn")
    .flatMap(({ concept, name }) =>
      lessons(concept).map((placed) => lead(placed, "wish", `You said that you want to learn “${name}”.`)),
    );
  const withStatus = (status: "lapsed" | "practising") =>
    [...places.values()].filter(({ concept }) => learner.concepts[concept.slug]?.status === status);
  const lapsed = withStatus("lapsed").map((placed) =>
    lead(placed, "lapsed", "Its last review was not passed, so it is open again."),
  );
  const weaknesses = (shown?.weaknesses ?? []).flatMap(({ concept, title, places: times, first }) =>
    lessons(concept).map((placed) =>
      lead(placed, "weakness", `${title}: ${times === 1 ? "one place" : `${times} places`} in your code.`, first),
    ),
  );
  const analysed = (shown?.recommended ?? [])
    .filter(({ concept, reasons }) => !said.known.has(concept) || reasons.some(({ kind }) => kind === "misused"))
    .filter(({ concept }) => !said.notTheirs.has(concept))
    .flatMap(({ concept, reasons, places: at }) =>
      lessons(concept).flatMap((placed) =>
        reasons.map(({ sentence }, index) => lead(placed, "analysis", sentence, index === 0 ? (at[0] ?? null) : null)),
      ),
    );
  // What the newest analysis says itself is not said again from memory.
  const saidThere = new Set((shown?.recommended ?? []).map(({ concept }) => concept));
  const elsewhere = remembered
    .filter(({ kind, correction, count }) => kind !== "habit" && correction === null && count > 0)
    .filter(({ kind, concept }) => kind === "misconception" || !saidThere.has(concept))
    .toSorted((one, other) => other.count - one.count)
    .flatMap((pattern) => lessons(pattern.concept).map((placed) => lead(placed, "memory", memoryOf(pattern))));
  const begun = withStatus("practising").map((placed) => {
    const answers = learner.concepts[placed.concept.slug]?.attempts ?? 0;
    return lead(placed, "begun", `You began it: ${answers === 1 ? "one answer" : `${answers} answers`} so far.`);
  });
  const nextOn = (track: Track, source: PathSource, sentence: string): Lead[] => {
    const concept = nextOf(track, learner, now);
    return concept ? [lead({ concept, track }, source, sentence)] : [];
  };
  const taken = tracks
    .filter(({ slug }) => enrolled.includes(slug))
    .flatMap((track) => nextOn(track, "track", `The next lesson of “${track.title}”, which you take.`));
  const leads = [...wishes, ...lapsed, ...weaknesses, ...analysed, ...elsewhere, ...begun, ...taken];
  return leads.some(({ placed }) => learner.concepts[placed.concept.slug]?.status !== "mastered")
    ? leads
    : tracks.flatMap((track) => nextOn(track, "start", `“${track.title}” goes on here.`));
}

/** The lesson that has the catalogue's concept as its own, or those that say they are near it. */
function lessonsOn(slug: string, places: ReadonlyMap<string, Placed>): readonly Placed[] {
  const own = places.get(slug);
  if (own) return [own];
  return [...places.values()].filter(({ concept }) => concept.recommendedFor.includes(slug)).slice(0, NEAR);
}

/** Concepts of which somebody said that they know all that was seen, or that none of it is theirs. */
function wordsOf(remembered: readonly Remembered[]) {
  const by = new Map<string, Remembered[]>();
  for (const pattern of remembered) by.set(pattern.concept, [...(by.get(pattern.concept) ?? []), pattern]);
  const every = (holds: (pattern: Remembered) => boolean) =>
    new Set([...by].filter(([, patterns]) => patterns.every((pattern) => holds(pattern))).map(([concept]) => concept));
  return {
    known: every(({ correction }) => correction === "known"),
    notTheirs: every(({ correction }) => correction === "not_mine" || correction === "wrong"),
  };
}

function memoryOf({ kind, name, count, sightings }: Remembered): string {
  const times = count === 1 ? "once" : `${count.toLocaleString("en")} times`;
  if (kind === "misconception") return `Your answers showed this idea ${times}: “${name}”.`;
  const seen = sightings.find(({ source, places }) => source === "repository" && places.length > 0);
  const place = seen?.places[0];
  // The file of an answer is none that its learner knows.
  if (!place) return `“${name}” was seen in your ${sightings.length > 0 ? "answers" : "code"} ${times}.`;
  return `“${name}” was seen in your code ${times}, such as ${place.path}:${place.line}${seen.repoUrl ? ` of ${lastOf(seen.repoUrl)}` : ""}.`;
}

/** `owner/name` of a repository's address. */
function lastOf(url: string): string {
  return url.split("/").slice(-2).join("/");
}
