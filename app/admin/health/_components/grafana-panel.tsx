import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { ExternalLink } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";

/**
 * Grafana's own dashboard, where one is configured. It is shown when it is asked for, by a form that loads the page whole: a page
 * reached by a link keeps the policy of the page before it, which lets no frame through.
 */
export function GrafanaPanel({ url, shown }: { readonly url: string; readonly shown: boolean }): ReactNode {
  return (
    <Panel
      title="Grafana"
      description="All instances together, as far back as Prometheus keeps. You must be signed in to Grafana."
      aside={<ExternalLink href={url}>Open in Grafana</ExternalLink>}
      flush={shown}
    >
      {shown ? (
        <iframe
          src={url}
          title="Grafana dashboard"
          // Grafana needs its own cookies. At our origin the two together would undo the sandbox: lib/env/server.ts refuses that.
          sandbox="allow-scripts allow-same-origin allow-forms"
          referrerPolicy="strict-origin"
          className="block h-180 w-full border-0"
        />
      ) : (
        <form method="get" action="/admin/health">
          <input type="hidden" name="dashboard" value="grafana" />
          <Button type="submit">Show the dashboard here</Button>
        </form>
      )}
    </Panel>
  );
}
