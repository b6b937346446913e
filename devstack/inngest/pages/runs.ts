import { html } from "hono/html";
import type { RunError } from "../protocol.ts";
import { STATUSES, type Page, type RunDetail, type RunSummary } from "../queries.ts";
import { json, status, time, took, type Html } from "./layout.ts";

/** The list of runs, with its filter. */
export function runsPage(
  page: Page<RunSummary>,
  filter: { status?: string; function?: string; event?: string },
  functionIds: readonly string[],
): Html {
  const next = page.next === null ? null : new URLSearchParams({ ...filter, before: page.next });
  return html`<h1>Runs</h1>
    <form class="filter" method="get" action="/">
      <label
        >Status
        <select name="status">
          <option value="">any</option>
          ${STATUSES.map((each) => option(each, filter.status))}
        </select></label
      >
      <label
        >Function
        <select name="function">
          <option value="">any</option>
          ${functionIds.map((each) => option(each, filter.function))}
        </select></label
      >
      <label>Event id <input name="event" value="${filter.event ?? ""}" /></label>
      <button>Show</button>
    </form>
    ${
      page.items.length === 0
        ? html`<p class="muted">No runs here. They appear as soon as an event or a cron triggers a function.</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Runs">
            <table>
              <thead>
                <tr>
                  <th>Status</th>
                  <th>Function</th>
                  <th>Trigger</th>
                  <th>Began</th>
                  <th>Took</th>
                  <th>Run</th>
                </tr>
              </thead>
              <tbody>
                ${page.items.map(
                  (run) =>
                    html`<tr>
                      <td>${status(run.status)}</td>
                      <td><a href="/?function=${encodeURIComponent(run.functionId)}">${run.functionId}</a></td>
                      <td><code>${run.eventName ?? "–"}</code></td>
                      <td>${time(run.startedAt ?? run.createdAt)}</td>
                      <td>${took(run.startedAt, run.endedAt)}</td>
                      <td>
                        <a href="/runs/${run.id}"><code>${run.id}</code></a>
                      </td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
    ${next ? html`<p><a href="/?${next.toString()}">Older runs</a></p>` : ""}`;
}

function option(value: string, chosen: string | undefined): Html {
  return value === chosen ? html`<option selected>${value}</option>` : html`<option>${value}</option>`;
}

function errorBlock(error: RunError, open = true): Html {
  return html`<p class="failed"><strong>${error.name}</strong>: ${error.message}</p>
    ${
      error.stack
        ? html`<details ${open ? "open" : ""}>
            <summary>Stack</summary>
            <pre>${error.stack}</pre>
          </details>`
        : ""
    }
    ${
      error.cause
        ? html`<p class="muted">Caused by</p>
            ${json(error.cause)}`
        : ""
    }`;
}

/** Whose attempt it was: a step's, or the code between steps. */
function nameOf(run: RunDetail, stepId: string | null): string {
  return stepId === null ? "Function" : `Step ${run.steps.find((step) => step.id === stepId)?.name ?? stepId}`;
}

/** What a step that is not over waits for. */
function waitingFor(step: RunDetail["steps"][number]): Html {
  if (step.waitEvent !== null) {
    return html`waits for <code>${step.waitEvent}</code>${step.waitIf ? html` if <code>${step.waitIf}</code>` : ""}, at
      most until ${time(step.dueAt)}`;
  }
  if (step.childRunId !== null)
    return html`waits for run <a href="/runs/${step.childRunId}"><code>${step.childRunId}</code></a>`;
  return step.dueAt ? html`until ${time(step.dueAt)}` : html`queued`;
}

/** One run: its steps, what failed, what came out. */
export function runPage(run: RunDetail): Html {
  const underWay = run.status === "queued" || run.status === "running";
  return html`<h1>${run.functionId}</h1>
<dl>
<dt>Status</dt><dd>${status(run.status)}</dd>
<dt>Run</dt><dd><code>${run.id}</code></dd>
<dt>Made</dt><dd>${time(run.createdAt)}</dd>
<dt>Began</dt><dd>${time(run.startedAt)}</dd>
<dt>Took</dt><dd>${took(run.startedAt, run.endedAt)}</dd>
${
  run.parentRunId
    ? html`<dt>Invoked by</dt>
        <dd>
          <a href="/runs/${run.parentRunId}"><code>${run.parentRunId}</code></a>
        </dd>`
    : ""
}
${
  run.replayOf
    ? html`<dt>Replay of</dt>
        <dd>
          <a href="/runs/${run.replayOf}"><code>${run.replayOf}</code></a>
        </dd>`
    : ""
}
</dl>
<p><form class="inline" method="post" action="/runs/${run.id}/replay"><button>Replay</button></form>
${underWay ? html` <form class="inline" method="post" action="/runs/${run.id}/cancel"><button>Cancel run</button></form>` : ""}
&nbsp; <a href="/runs/${run.id}">Refresh</a></p>
${
  run.error
    ? html`<h2>Error</h2>
        ${errorBlock(run.error)}`
    : ""
}
${
  run.status === "completed"
    ? html`<h2>Output</h2>
        ${json(run.output)}`
    : ""
}
<h2>Steps</h2>
${
  run.steps.length === 0
    ? html`<p class="muted">None recorded.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Steps">
        <table>
          <thead>
            <tr>
              <th>Status</th>
              <th>Step</th>
              <th>Kind</th>
              <th>Ended</th>
              <th>Result</th>
            </tr>
          </thead>
          <tbody>
            ${run.steps.map(
              (step) =>
                html`<tr>
                  <td>${status(step.status)}</td>
                  <td>${step.name}</td>
                  <td>${step.op}</td>
                  <td>${time(step.endedAt)}</td>
                  <td>
                    ${step.error ? errorBlock(step.error, false) : step.status === "completed" ? json(step.data) : step.status === "pending" ? waitingFor(step) : ""}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`
}
${
  run.jobs.length > 0
    ? html`<h2>Next</h2>
        <ul>
          ${run.jobs.map(
            (job) =>
              html`<li>
                ${job.stepId === "" ? "Ask what is next" : html`Run step <code>${job.stepId}</code>`}, attempt
                ${job.attempt + 1}: ${job.leased ? "under way" : time(job.dueAt)}
              </li>`,
          )}
        </ul>`
    : ""
}
${
  run.attempts.length > 0
    ? html`<h2>Failed attempts</h2>
        ${run.attempts.map(
          (each) =>
            html`<details>
              <summary>
                ${nameOf(run, each.stepId)}, attempt ${each.attempt + 1}, ${time(each.at)}: ${each.error.message}
              </summary>
              ${errorBlock(each.error)}
            </details>`,
        )}`
    : ""
}
<h2>${run.events.length === 1 ? "Event" : "Events"}</h2>
${run.events.map((event) => json(event))}`;
}
