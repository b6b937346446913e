import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { DependencyHealth } from "@/lib/platform/health/schemas";

const STATUSES: Readonly<Record<DependencyHealth["status"], { readonly tone: BadgeTone; readonly word: string }>> = {
  up: { tone: "success", word: "answers" },
  down: { tone: "danger", word: "away" },
  untold: { tone: "neutral", word: "not asked" },
};

const BREAKERS: Readonly<Record<DependencyHealth["breaker"], string>> = {
  closed: "closed",
  half_open: "on trial",
  open: "open: not called",
  none: "none yet",
};

/** Each dependency: whether it answers, how fast, how its breaker stands, and its last error. */
export function DependencyTable({ dependencies }: { readonly dependencies: readonly DependencyHealth[] }): ReactNode {
  return (
    <Table caption="Dependencies">
      <thead>
        <tr>
          <Th>Dependency</Th>
          <Th>State</Th>
          <Th numeric>Took</Th>
          <Th>Breaker</Th>
          <Th>Last call</Th>
          <Th>Last error</Th>
        </tr>
      </thead>
      <tbody>
        {dependencies.map((each) => (
          <tr key={each.name}>
            <RowHeader className="min-w-40">
              {each.name}
              <span className="block text-xs font-normal text-muted">
                {each.purpose}
                {each.needed ? "; needed" : ""}
              </span>
            </RowHeader>
            <Td>
              <Badge tone={STATUSES[each.status].tone}>{STATUSES[each.status].word}</Badge>
              {each.since ? (
                <span className="block text-xs whitespace-nowrap text-muted">
                  since <Time at={each.since} past />
                </span>
              ) : null}
            </Td>
            <Td numeric className="whitespace-nowrap">
              {each.ms === null ? "—" : `${each.ms} ms`}
            </Td>
            <Td className="whitespace-nowrap">{BREAKERS[each.breaker]}</Td>
            <Td className="whitespace-nowrap">
              {each.lastCall ? (
                <>
                  {each.lastCall.outcome}, {each.lastCall.ms} ms
                  <span className="block text-xs text-muted">
                    <Time at={each.lastCall.at} past />
                  </span>
                </>
              ) : (
                "—"
              )}
            </Td>
            <Td className="min-w-56">
              {each.lastError ? (
                <>
                  <span className="wrap-anywhere">{each.lastError.text}</span>
                  <span className="block text-xs text-muted">
                    <Time at={each.lastError.at} past />
                  </span>
                </>
              ) : (
                "None"
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
