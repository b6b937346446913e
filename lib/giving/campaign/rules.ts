// Lists stand here and not beside the schemas: pages that draw a cover would load the schema library with them.
export const CAMPAIGN_STATUSES = ["draft", "active", "paused", "completed", "cancelled"] as const;
type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

/** The covers that this project has drawn (components/giving/cover.tsx); a campaign names one of them. */
export const COVERS = [
  "hills",
  "river",
  "school",
  "library",
  "garden",
  "kitchen",
  "clinic",
  "bridge",
  "workshop",
  "harbour",
  "forest",
  "observatory",
] as const;
export type Cover = (typeof COVERS)[number];

export const SLUG_MAX = 80;

/** The status steps there are; completed and cancelled are final. The database holds them too. */
export const STATUS_STEPS: Readonly<Record<CampaignStatus, readonly CampaignStatus[]>> = {
  draft: ["active"],
  active: ["paused", "completed", "cancelled"],
  paused: ["active", "completed", "cancelled"],
  completed: [],
  cancelled: [],
};

/** Whether a campaign may go from one status to the other; staying is no step and always allowed. */
export function isStatusStep(from: CampaignStatus, to: CampaignStatus): boolean {
  return from === to || STATUS_STEPS[from].includes(to);
}

/**
 * Whether one can give to it now.
 * @param now ms since the epoch
 */
export function isOpen(
  campaign: { readonly status: CampaignStatus; readonly endsAt: string | null },
  now: number,
): boolean {
  return campaign.status === "active" && (campaign.endsAt === null || Date.parse(campaign.endsAt) > now);
}

/** Letters that NFKD does not take apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

/** The address of a campaign by its title: `Café für alle` → `cafe-fur-alle`. May be empty: then the id has to do. */
export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[ßæœøłđðþı]/gu, (letter) => LETTERS[letter] ?? letter)
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[’']/gu, "")
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "")
    .slice(0, SLUG_MAX)
    .replace(/-+$/u, "");
}

/** A number from a text that is the same everywhere (FNV-1a, 32 bits): which cover, which colours. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const unit of text) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** The drawing that stands for a campaign: the one it names, or one by its address. Null: a picture from elsewhere. */
export function coverOf(campaign: { readonly slug: string; readonly coverImage: string | null }): Cover | null {
  const { slug, coverImage } = campaign;
  if (coverImage !== null && !coverImage.startsWith("/covers/")) return null;
  const name = coverImage?.slice("/covers/".length, -".svg".length);
  return COVERS.find((cover) => cover === name) ?? COVERS[seedOf(slug) % COVERS.length] ?? "hills";
}

/** How far a campaign is, in shares of its goal that fit a bar: never beyond its end, raised first. */
export function progressOf(totals: {
  readonly raisedMinor: number;
  readonly pendingMinor: number;
  readonly goalMinor: number;
}): { readonly raised: number; readonly pending: number; readonly percent: number } {
  const goal = Math.max(1, totals.goalMinor);
  const raised = Math.min(1, Math.max(0, totals.raisedMinor) / goal);
  const pending = Math.min(1 - raised, Math.max(0, totals.pendingMinor) / goal);
  // Rounded down: 99.6 % is not there yet.
  return { raised, pending, percent: Math.floor((Math.max(0, totals.raisedMinor) / goal) * 100) };
}

/** Gifts to offer for a goal: small, usual, generous, in whole units that people would type. */
export function suggestedAmounts(currency: string): readonly number[] {
  const units: Readonly<Record<string, readonly number[]>> = {
    JPY: [1000, 3000, 5000, 10_000],
    KRW: [10_000, 30_000, 50_000, 100_000],
    KWD: [5000, 10_000, 20_000, 50_000],
    BHD: [5000, 10_000, 20_000, 50_000],
    SEK: [10_000, 25_000, 50_000, 100_000],
    NOK: [10_000, 25_000, 50_000, 100_000],
    DKK: [10_000, 25_000, 50_000, 100_000],
    CZK: [20_000, 50_000, 100_000, 200_000],
    PLN: [5000, 10_000, 20_000, 50_000],
  };
  return units[currency] ?? [1000, 2500, 5000, 10_000];
}
