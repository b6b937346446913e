import type { ReactNode } from "react";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import type { githubConnection } from "@/lib/account/github-connection";
import { connectGithub, disconnectGithub } from "../actions";
import { SaveForm } from "./save-form";

interface GithubSectionProps {
  readonly connection: Awaited<ReturnType<typeof githubConnection>>;
  /** How a trip to GitHub ended, from `?github=`. */
  readonly outcome: string | undefined;
}

/** What we may see at GitHub, how to let us see more, and how to end it. */
export function GithubSection({ connection, outcome }: GithubSectionProps): ReactNode {
  const sees = connection?.scopes.includes("repo") ? "private" : "public";
  return (
    <Panel
      id="github"
      title="GitHub"
      description="We read repositories that you pick, for your analyses alone. The token is kept encrypted."
    >
      <div className="flex flex-col gap-5">
        <Outcome outcome={outcome} />
        {connection ? (
          <p>
            Connected
            {connection.login ? (
              <>
                {" "}
                as <strong>{connection.login}</strong>
              </>
            ) : null}{" "}
            since <Time at={connection.connectedAt} />.{" "}
            <Badge tone={sees === "private" ? "info" : "neutral"}>
              {sees === "private" ? "public and private repositories" : "public repositories only"}
            </Badge>
          </p>
        ) : (
          <p>
            Not connected. Connect GitHub to choose from your own repositories; any public one can be analysed by its
            address.
          </p>
        )}
        {connection && sees === "private" ? null : (
          <SaveForm
            action={connectGithub}
            submit={connection ? "Allow private repositories" : "Connect GitHub"}
            pending="Going to GitHub…"
          >
            <input type="hidden" name="access" value={connection ? "private" : "public"} />
            {connection ? (
              <p className="max-w-measure text-muted">
                GitHub will ask for the scope <code>repo</code>. It has none that can only read, so it allows more than
                we use: we clone, and never write.
              </p>
            ) : null}
          </SaveForm>
        )}
        {connection ? (
          <div className="border-t border-line pt-5">
            <SaveForm action={disconnectGithub} submit="End our access" pending="Ending…">
              <p className="max-w-measure text-muted">
                Ends our access at GitHub and deletes the token here. Analyses that are done stay. You can connect
                again.
              </p>
            </SaveForm>
          </div>
        ) : null}
      </div>
    </Panel>
  );
}

function Outcome({ outcome }: { readonly outcome: string | undefined }): ReactNode {
  if (outcome === "connected") return <Alert tone="success" title="GitHub is connected" />;
  if (outcome === "not-stored") {
    return (
      <Alert tone="warning" title="GitHub agreed, but we could not keep its answer">
        Nothing was changed. Try again in a minute.
      </Alert>
    );
  }
  if (outcome === "other-account") {
    return (
      <Alert tone="warning" title="That GitHub user is not this account">
        You came back from GitHub as somebody whose address is not this account&apos;s, so nothing was connected. Sign
        in to GitHub with the address of this account, or sign out here and continue with GitHub.
      </Alert>
    );
  }
  return null;
}
