import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createEmulator } from "emulate";
import { type Answer, ask, readBody, reply, replyJson } from "../http/forward.ts";
import { closeServer, listen } from "../http/listen.ts";
import { acceptLocalHost } from "../http/local-host.ts";
import { privateSocket } from "../http/socket-path.ts";
import { withConsoleTo } from "../process/captured-console.ts";
import type { Repository } from "../seed/repositories.ts";
import type { Log, RunningService } from "../service.ts";
import { answerApplications } from "./applications.ts";
import { type Grant, Grants } from "./grants.ts";
import { hidesFrom, showRepositories } from "./repositories.ts";
import { GITHUB_USERS } from "./users.ts";

export interface GithubOptions {
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the consent page may lead back to. */
  readonly redirectUris: readonly string[];
  readonly repositories: readonly Repository[];
  /** Origin of the git server, put into each repository's `clone_url`. */
  readonly gitOrigin: string;
  /** File in which tokens are kept between runs. */
  readonly grantsFile: string;
  /** Folder for the emulator's own socket, which is not for others. */
  readonly runDir: string;
  readonly log: Log;
}

export interface RunningGithub extends RunningService {
  /** Whether the holder of this token may read a repository. */
  canRead(token: string, owner: string, name: string): boolean;
}

/**
 * GitHub's OAuth and REST by `emulate`, with what that one lacks added in front: the path `/api/v3` of
 * an Enterprise host, clone addresses that work, private repositories hidden from tokens without the
 * scope `repo`, 401 for tokens that are not in force, and `/applications/{client_id}/…` to end them.
 */
export async function startGithub(options: GithubOptions): Promise<RunningGithub> {
  const { log } = options;
  const grants = await Grants.open(options.grantsFile);
  const socket = await privateSocket(options.runDir, "github");
  const server = createServer();
  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}`;
  const emulator = await createEmulator({
    service: "github",
    port: socket.path as unknown as number, // Handed to server.listen as it is, which takes a path as well.
    baseUrl: url,
    seed: seed(options, grants.all()),
  });
  const front = new Front(options, grants, url, socket.path);
  server.on("request", (request, response) => {
    if (!acceptLocalHost(request, response)) return;
    withConsoleTo(log, () => front.answer(request, response)).catch((error: unknown) => {
      log(`${request.method} ${request.url} failed: ${String(error)}`);
      if (!response.headersSent) replyJson(response, 500, { message: "The GitHub emulator failed; see its log." });
    });
  });
  let closing: Promise<void> | undefined;
  const close = async () => {
    await closeServer(server);
    await emulator.close();
    await socket.remove();
  };
  return {
    url,
    port,
    canRead: (token, owner, name) => front.canRead(token, owner, name),
    close: () => (closing ??= close()),
  };
}

function seed(options: GithubOptions, grants: readonly Grant[]) {
  return {
    tokens: Object.fromEntries(grants.map((grant) => [grant.token, { login: grant.login, scopes: [...grant.scopes] }])),
    github: {
      users: GITHUB_USERS,
      repos: options.repositories.map((repository) => ({
        owner: repository.owner,
        name: repository.name,
        description: repository.description,
        private: repository.private,
        language: repository.language,
        default_branch: repository.defaultBranch,
        auto_init: false,
      })),
      oauth_apps: [
        {
          client_id: options.clientId,
          client_secret: options.clientSecret,
          name: "DevMentor (embedded stack)",
          redirect_uris: [...options.redirectUris],
        },
      ],
    },
  };
}

class Front {
  readonly #options: GithubOptions;
  readonly #grants: Grants;
  readonly #url: string;
  readonly #socketPath: string;

  constructor(options: GithubOptions, grants: Grants, url: string, socketPath: string) {
    this.#options = options;
    this.#grants = grants;
    this.#url = url;
    this.#socketPath = socketPath;
  }

  canRead(token: string, owner: string, name: string): boolean {
    const grant = this.#grants.find(token);
    const repository = this.#options.repositories.find((each) => each.owner === owner && each.name === name);
    return (
      grant !== undefined &&
      repository !== undefined &&
      (!repository.private || (repository.owner === grant.login && grant.scopes.includes("repo")))
    );
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").replace(/^\/api\/v3(?=\/|\?|$)/, "") || "/";
    const body = await readBody(request);
    if (
      await answerApplications({
        request,
        response,
        path,
        body,
        clientId: this.#options.clientId,
        clientSecret: this.#options.clientSecret,
        grants: this.#grants,
      })
    )
      return;

    const token = /^(?:bearer|token)\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const grant = token === undefined ? undefined : this.#grants.find(token);
    if (token !== undefined && !grant) {
      replyJson(response, 401, {
        message: "Bad credentials",
        documentation_url: "https://docs.github.com/rest",
        status: "401",
      });
      return;
    }
    if (hidesFrom(grant, path, this.#options.repositories)) {
      replyJson(response, 404, {
        message: "Not Found",
        documentation_url: "https://docs.github.com/rest",
        status: "404",
      });
      return;
    }
    const answer = await ask(
      { socketPath: this.#socketPath },
      { method: request.method ?? "GET", path, headers: request.headers, body },
    );
    if (path.startsWith("/login/oauth/access_token"))
      await this.#remember(answer, body, request.headers["content-type"]);
    if (/^\/settings\/connections\/applications\/[^/]+\/revoke/.test(path)) await this.#forgetRefused();
    this.#options.log(`${request.method} ${path.split("?")[0]} ${answer.status}`);
    if (grant) response.setHeader("x-oauth-scopes", grant.scopes.join(", "));
    reply(
      response,
      showRepositories(answer, {
        grant,
        repositories: this.#options.repositories,
        url: this.#url,
        gitOrigin: this.#options.gitOrigin,
      }),
    );
  }

  /** Keeps the token that the emulator just gave out. */
  async #remember(answer: Answer, sent: Buffer, contentType: string | undefined): Promise<void> {
    const text = answer.body.toString("utf8");
    const fields = text.startsWith("{")
      ? (JSON.parse(text) as Record<string, string>)
      : Object.fromEntries(new URLSearchParams(text));
    const token = fields["access_token"];
    if (!token) return;
    const user = await this.#whoIs(token);
    if (!user) return;
    const asked = contentType?.includes("json")
      ? (JSON.parse(sent.toString("utf8")) as Record<string, string>)
      : Object.fromEntries(new URLSearchParams(sent.toString("utf8")));
    const scopes = (fields["scope"] ?? "").split(/[\s,]+/).filter(Boolean);
    await this.#grants.add({ token, login: user, clientId: asked["client_id"] ?? "", scopes });
  }

  /** After a person took access back on the settings page: drop what the emulator no longer knows. */
  async #forgetRefused(): Promise<void> {
    const refused = new Set<string>();
    for (const { token } of this.#grants.all()) if (!(await this.#whoIs(token))) refused.add(token);
    await this.#grants.revoke((grant) => refused.has(grant.token));
  }

  async #whoIs(token: string): Promise<string | null> {
    const answer = await ask(
      { socketPath: this.#socketPath },
      {
        method: "GET",
        path: "/user",
        headers: { host: new URL(this.#url).host, authorization: `Bearer ${token}` },
        body: Buffer.alloc(0),
      },
    );
    return answer.status === 200 ? (JSON.parse(answer.body.toString("utf8")) as { login: string }).login : null;
  }
}
