import type { Operations } from "../telemetry/operations";
import type { Moment, Trigger } from "./schemas";

/** The application and the worker: what is deployed from this repository (ADR 5). */
const SERVICES = 2;
/** A peak is sustained when it lasts five minutes. */
const SUSTAINED = 20;

/** The triggers of ADR 5, at which a service mesh is looked at again, with what is known of each now. */
export function scalingTriggers(moments: readonly Moment[], standing: Operations | undefined): Trigger[] {
  const peak = sustainedPeak(moments);
  const deployments = standing?.deployments;
  return [
    {
      what: "Services that call each other",
      threshold: "> 10",
      present: String(SERVICES),
      holds: SERVICES > 10,
      how: "The application and the worker, as this repository deploys them.",
    },
    {
      what: "Requests a second, sustained at peak",
      threshold: "> 1,000",
      present: peak === null ? "not known yet" : peak.toFixed(peak < 10 ? 1 : 0),
      holds: peak === null ? null : peak > 1_000,
      how: "The busiest five minutes of the last hour, of this instance; Prometheus has all of them together.",
    },
    {
      what: "Deployments a day",
      threshold: "> 10",
      present: deployments ? String(deployments.ofDay) : "not known: the database does not answer",
      holds: deployments ? deployments.ofDay > 10 : null,
      how: "Builds that first served in the last 24 h.",
    },
    {
      what: "Engineers",
      threshold: "> 20",
      present: "not measured",
      holds: null,
      how: "No program knows: yours to say.",
    },
    {
      what: "Regions",
      threshold: "> 1",
      present: deployments ? String(deployments.regions) : "not known: the database does not answer",
      holds: deployments ? deployments.regions > 1 : null,
      how: "Regions (DEPLOY_REGION) in which an instance has started within 24 h.",
    },
  ];
}

/** @returns requests a second; null before five minutes have passed */
function sustainedPeak(moments: readonly Moment[]): number | null {
  let peak: number | null = null;
  for (let end = SUSTAINED; end <= moments.length; end += 1) {
    const mean = moments.slice(end - SUSTAINED, end).reduce((sum, { requests }) => sum + requests, 0) / SUSTAINED;
    peak = Math.max(peak ?? 0, mean);
  }
  return peak;
}
