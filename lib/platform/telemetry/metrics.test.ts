import { describe, expect, it } from "vitest";
import { BoundedLabel } from "./bounded-label";
import { Metrics } from "./metrics";

const seriesOf = async (made: Metrics, name: string): Promise<string[]> =>
  (await made.registry.metrics()).split("\n").filter((line) => line.startsWith(`devmentor_${name}`));

describe("metrics", () => {
  it("count requests by route template, method and class of status", async () => {
    const made = new Metrics();
    made.answered({ method: "GET", route: "/api/v1/analyses/{id}", status: 200, seconds: 0.02 });
    made.answered({ method: "GET", route: "/api/v1/analyses/{id}", status: 204, seconds: 0.3 });
    made.answered({ method: "BREW", route: "/api/v1/me", status: 999, seconds: 0.3 });
    const counts = await seriesOf(made, "http_request_duration_seconds_count");
    expect(counts).toEqual([
      'devmentor_http_request_duration_seconds_count{method="GET",route="/api/v1/analyses/{id}",status="2xx"} 2',
      'devmentor_http_request_duration_seconds_count{method="other",route="/api/v1/me",status="other"} 1',
    ]);
  });

  it("stay bounded when ten thousand paths come where a template belongs", async () => {
    const made = new Metrics();
    for (let n = 0; n < 10_000; n += 1) {
      made.answered({ method: "GET", route: `/learn/${n}`, status: 200, seconds: 0.01 });
      made.calledOutside({ service: "supabase", operation: `GET ${n}`, outcome: "2xx", seconds: 0.01 });
      made.limited(`policy-${n}`, "allowed", "redis");
      made.cached(`event-${n}`, 1);
      made.ranStep(`workflow-${n}`, "ok", 0.01);
      made.ranWorkflow(`workflow-${n}`, "ok", 0.01);
      made.publishedEvent(`thing/number-${n}`);
      made.retriedOutside(`policy-${n}`);
      made.batched(`batch-${n}`, "written", 1);
      made.studied(`event-${n}`);
      made.reportedError(`kind-${n}`);
    }
    expect(await seriesOf(made, "http_request_duration_seconds_count")).toHaveLength(301);
    expect(await seriesOf(made, "outside_call_duration_seconds_count")).toHaveLength(101);
    expect(await seriesOf(made, "rate_limit_decisions_total")).toHaveLength(51);
    expect(await seriesOf(made, "cache_events_total")).toHaveLength(51);
    const other = (await seriesOf(made, "http_request_duration_seconds_count")).find((line) => line.includes("other"));
    expect(other).toMatch(/ 9700$/);
    // Whatever is counted, by whatever names: all series together have an end.
    const all = (await made.registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(all.length).toBeLessThan(12_000);
    expect(await seriesOf(made, "label_overflow_total")).toContain(
      'devmentor_label_overflow_total{label="route"} 9700',
    );
  });

  it("tell the outbox's work, its lag, and how breakers stand when asked", async () => {
    const made = new Metrics();
    made.drainedOutbox({ claimed: 3, published: 2, retried: 1, dead: 0, publishMs: 12, lagsMs: [40, -5] });
    made.readBreakersFrom(() => [
      { policy: "github", state: "open", running: 2, waiting: 1, limit: 20 },
      { policy: "mail", state: "half_open", running: 0, waiting: 0, limit: 10 },
      // A policy may guard several services: the worst of them shows.
      { policy: "git-clone", state: "open", running: 4, waiting: 3, limit: 4 },
      { policy: "git-clone", state: "closed", running: 1, waiting: 0, limit: 4 },
    ]);
    const text = await made.registry.metrics();
    expect(text).toContain('devmentor_outbox_events_total{outcome="published"} 2');
    expect(text).toContain('devmentor_outbox_events_total{outcome="retried"} 1');
    expect(text).toContain("devmentor_outbox_lag_seconds_count 2");
    expect(text).toContain('devmentor_breaker_state{policy="github"} 2');
    expect(text).toContain('devmentor_breaker_state{policy="mail"} 1');
    expect(text).toContain('devmentor_breaker_state{policy="git-clone"} 2');
    expect(text).toContain('devmentor_outside_pool_running_calls{policy="git-clone"} 5');
    expect(text).toContain('devmentor_outside_pool_waiting_calls{policy="git-clone"} 3');
    expect(text).toContain('devmentor_outside_pool_limit_calls{policy="git-clone"} 8');
  });
});

it("a label keeps the values it knows once it is full", () => {
  const label = new BoundedLabel(1);
  expect([label.of("a"), label.of("b"), label.of("a")]).toEqual(["a", "other", "a"]);
});
