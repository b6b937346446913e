import type { ReactNode } from "react";

/**
 * How a campaign's total is to be read. A drawing without figures: no campaign is open, so there is no
 * total to show, and an invented one would be a lie.
 */
export function GiftDrawing(): ReactNode {
  return (
    <figure className="flex flex-col">
      <figcaption className="border-b border-line pb-3">
        <span className="block font-semibold">How a total will read</span>
        <span className="block text-xs text-muted">A drawing without figures: no campaign is open yet</span>
      </figcaption>
      <svg
        viewBox="0 0 320 44"
        role="img"
        aria-label="A bar in three parts: raised, pending, and what is still missing to the goal."
        className="mt-5 w-full"
      >
        <defs>
          <pattern id="pending" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="7" height="7" fill="var(--color-giving-wash)" />
            <rect width="3" height="7" fill="var(--color-giving)" />
          </pattern>
        </defs>
        <rect x="1" y="1" width="318" height="22" rx="4" fill="var(--color-surface)" stroke="var(--color-control)" />
        <rect x="150" y="1" width="72" height="22" fill="url(#pending)" />
        <path d="M5 1h145v22H5a4 4 0 0 1-4-4V5a4 4 0 0 1 4-4Z" fill="var(--color-giving)" />
        <path d="M150 1v22M222 1v22" stroke="var(--color-control)" />
        <g fontSize="12" fill="var(--color-ink)">
          <text x="1" y="40">
            Raised
          </text>
          <text x="150" y="40">
            Pending
          </text>
          <text x="319" y="40" textAnchor="end">
            Goal
          </text>
        </g>
      </svg>
      <dl className="flex flex-col gap-3 pt-5">
        <div>
          <dt className="font-medium">Raised is certain</dt>
          <dd className="text-muted">Money taken from cards, less refunds and lost disputes.</dd>
        </div>
        <div>
          <dt className="font-medium">Pending is a promise</dt>
          <dd className="text-muted">Pledged or held on a card, not yet taken. It never counts as raised.</dd>
        </div>
        <div>
          <dt className="font-medium">Checked, with the time</dt>
          <dd className="text-muted">Each total says when it was worked out, and says so when it is old.</dd>
        </div>
      </dl>
    </figure>
  );
}
