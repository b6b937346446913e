import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Page, PageHeader } from "@/components/ui/page";
import { Panel } from "@/components/ui/panel";
import { Progress } from "@/components/ui/progress";
import { RowHeader, Table, Td, Th } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { modelOverview, type ModelOverview } from "@/lib/platform/ai/overview";
import { AdminTabs } from "../_components/admin-tabs";
import { requireOperator } from "../_components/guard";

export const metadata: Metadata = { title: "Models", robots: { index: false } };

// Never prerendered: who looks decides what there is.
export const dynamic = "force-dynamic";

const DAYS = 14;

const TASKS: Readonly<Record<string, string>> = {
  "rephrase-insights": "Insights in other words",
  "write-hint": "Hints",
  "grade-criterion": "Open criteria",
  "lesson-variant": "Lessons",
};

/** What models are asked and cost, for operators; to everybody else it does not exist. */
export default async function ModelsPage(): Promise<ReactNode> {
  const { user } = await requireOperator();
  const overview = await modelOverview(user.id, DAYS);
  return (
    <Page>
      <PageHeader
        title="Models"
        lead="What language models were asked, what it cost against the budgets, and whether they are well."
        crumbs={[{ href: "/admin", label: "Administration" }]}
      />
      <AdminTabs current="/admin/models" operator />
      <Providers providers={overview.providers} />
      <Budgets overview={overview} />
      <Panel
        title="Each day and task"
        description={`The last ${DAYS} days, by UTC. Calls that were cut off count as the most they could cost.`}
        flush={overview.days.length > 0}
      >
        {overview.days.length === 0 ? (
          <p className="text-muted">No model was asked in these days.</p>
        ) : (
          <Days days={overview.days} />
        )}
      </Panel>
      <Panel
        title="What went wrong"
        description="The latest twenty calls that brought nothing. Learners saw the author’s or the rules’ own words instead."
        flush={overview.troubles.length > 0}
      >
        {overview.troubles.length === 0 ? (
          <p className="text-muted">Nothing, in the last {DAYS} days.</p>
        ) : (
          <Troubles troubles={overview.troubles} />
        )}
      </Panel>
    </Page>
  );
}

const BREAKERS: Readonly<
  Record<ModelOverview["providers"][number]["breaker"], { readonly tone: BadgeTone; readonly word: string }>
> = {
  closed: { tone: "success", word: "asked" },
  half_open: { tone: "warning", word: "on trial" },
  open: { tone: "danger", word: "not asked: it failed five times in a row" },
  not_called: { tone: "neutral", word: "not asked yet since this server started" },
};

function Providers({ providers }: Pick<ModelOverview, "providers">): ReactNode {
  if (providers.length === 0)
    return (
      <EmptyState title="This server has no key of a model">
        Nothing is sent anywhere, and everybody reads the authors’ and the rules’ own words. Set AI_ANTHROPIC_API_KEY,
        or AI_OPENAI_API_KEY with its model and prices, and start the server anew to change that.
      </EmptyState>
    );
  return (
    <Panel title="Providers" description="In the order in which they are asked, as this process sees them.">
      <ol className="flex flex-col gap-3">
        {providers.map(({ name, model, host, breaker, openedAt }) => (
          <li key={name} className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="font-medium">{name}</span>
            <span className="font-mono text-sm wrap-anywhere">
              {model} at {host}
            </span>
            <Badge tone={BREAKERS[breaker].tone} className="whitespace-normal">
              {BREAKERS[breaker].word}
            </Badge>
            {openedAt ? (
              <span className="text-sm text-muted">
                since <Time at={openedAt} />
              </span>
            ) : null}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Budgets({ overview: { today, budgets } }: { readonly overview: ModelOverview }): ReactNode {
  const bars = [
    {
      id: "budget-all",
      label: "Everybody together",
      used: today.spentMicro + today.reservedMicro,
      of: budgets.allMicro,
      note: today.reservedMicro > 0 ? `, of that ${dollars(today.reservedMicro)} set aside for calls under way` : "",
    },
    {
      id: "budget-person",
      label: "The person who used most",
      used: today.mostByOneMicro,
      of: budgets.personMicro,
      note: "",
    },
  ];
  return (
    <Panel title="Today’s budgets" description="A call that could go past one of them is not made.">
      <div className="flex max-w-measure flex-col gap-4">
        {bars.map(({ id, label, used, of, note }) => (
          <Progress
            key={id}
            id={id}
            label={label}
            value={of === 0 ? 1 : used / of}
            text={`${dollars(used)} of ${dollars(of)}${note}`}
          />
        ))}
      </div>
    </Panel>
  );
}

function Days({ days }: Pick<ModelOverview, "days">): ReactNode {
  return (
    <Table caption="Calls, tokens and cost by day and task">
      <thead>
        <tr>
          <Th>Day</Th>
          <Th>Task</Th>
          <Th numeric>Calls</Th>
          <Th numeric>Answered</Th>
          <Th numeric>From before</Th>
          <Th numeric>Not believed</Th>
          <Th numeric>Failed</Th>
          <Th numeric>Over budget</Th>
          <Th numeric>Tokens in</Th>
          <Th numeric>Tokens out</Th>
          <Th numeric>Cost</Th>
        </tr>
      </thead>
      <tbody>
        {days.map((row) => (
          <tr key={`${row.day} ${row.task}`}>
            <RowHeader className="whitespace-nowrap">{row.day}</RowHeader>
            <Td className="whitespace-nowrap">{TASKS[row.task] ?? row.task}</Td>
            {[
              row.calls,
              row.answered,
              row.cached,
              row.refused,
              row.failed,
              row.overBudget,
              row.inputTokens,
              row.outputTokens,
            ].map((figure, at) => (
              <Td key={`${row.day} ${row.task} ${String(at)}`} numeric>
                {figure.toLocaleString("en")}
              </Td>
            ))}
            <Td numeric>{dollars(row.costMicro)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const ENDINGS = {
  failed: "failed",
  unknown: "cut off",
  refused: "not believed",
  over_budget: "over budget",
} as const;

function Troubles({ troubles }: Pick<ModelOverview, "troubles">): ReactNode {
  return (
    <Table caption="Calls that brought nothing">
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Task</Th>
          <Th>Provider and model</Th>
          <Th>What happened</Th>
        </tr>
      </thead>
      <tbody>
        {troubles.map(({ at, task, provider, model, status, note }) => (
          <tr key={`${at} ${provider} ${task}`}>
            <RowHeader className="whitespace-nowrap">
              <Time at={at} />
            </RowHeader>
            <Td className="whitespace-nowrap">{TASKS[task] ?? task}</Td>
            <Td className="font-mono text-sm wrap-anywhere">
              {provider} {model}
            </Td>
            <Td className="min-w-48">
              <span className="font-medium">{ENDINGS[status]}</span>
              {note ? `: ${note}` : ""}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Millionths of a dollar as people read them: calls cost fractions of a cent. */
function dollars(micro: number): string {
  const amount = micro / 1_000_000;
  return amount.toLocaleString("en", {
    style: "currency",
    currency: "USD",
    maximumFractionDigits: amount !== 0 && amount < 1 ? 4 : 2,
  });
}
