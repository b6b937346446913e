import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";
import { coverOf, seedOf } from "@/lib/giving/campaign/rules";
import { MOTIFS, type Palette } from "./cover-motifs";

/** Paper, earth and light: warm by day, quiet by night. Pictures keep their colours in both themes. */
const PALETTES: readonly Palette[] = [
  { sky: "#f6e3d3", light: "#fbf3e6", far: "#e0a58b", middle: "#c96f52", near: "#8f4a3d", dark: "#4a2b2e" },
  { sky: "#dfe9ea", light: "#f8f4e8", far: "#9fbfbd", middle: "#5f8f8b", near: "#3d6664", dark: "#203b3f" },
  { sky: "#f7e8c4", light: "#fdf7e6", far: "#e3bb6a", middle: "#c28b38", near: "#7d6233", dark: "#40351f" },
  { sky: "#e3e4f1", light: "#f7f3ec", far: "#a9aed3", middle: "#6d74ad", near: "#474d82", dark: "#262a4c" },
  { sky: "#e6ecd9", light: "#fbf8e9", far: "#b3c48f", middle: "#7f9a58", near: "#55703c", dark: "#2e4025" },
  { sky: "#f3dfe0", light: "#fbf2ee", far: "#d59ba2", middle: "#ab5f70", near: "#743d50", dark: "#3d2230" },
];

const NIGHT: Palette = {
  sky: "#20264a",
  light: "#f5e9c8",
  far: "#343c6e",
  middle: "#4d5692",
  near: "#2a3160",
  dark: "#151a36",
};

interface CoverProps {
  /** The same address always has the same picture. */
  readonly campaign: { readonly slug: string; readonly coverImage: string | null };
  readonly className?: string;
}

/** A campaign's picture, drawn by this project unless it brought its own. Decorative: the title stands beside it. */
export function CampaignCover({ campaign, className }: CoverProps): ReactNode {
  const classes = classNames("block aspect-video w-full object-cover", className);
  const cover = coverOf(campaign);
  if (cover === null) {
    return (
      <svg viewBox="0 0 640 360" aria-hidden="true" className={classes}>
        <image href={campaign.coverImage ?? ""} width="640" height="360" preserveAspectRatio="xMidYMid slice" />
      </svg>
    );
  }
  const number = seedOf(campaign.slug);
  const palette = cover === "observatory" ? NIGHT : (PALETTES[number % PALETTES.length] ?? NIGHT);
  return (
    <svg viewBox="0 0 640 360" preserveAspectRatio="xMidYMid slice" aria-hidden="true" className={classes}>
      <rect width="640" height="360" fill={palette.sky} />
      {MOTIFS[cover](palette, ((number >>> 8) % 100) / 100)}
    </svg>
  );
}
