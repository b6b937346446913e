import type { Hit, RuleAbout } from "../finding";
import type { Confidence, Severity } from "../schemas";

/** Every rule about where code comes from and what may run while it is built. */
const TEXTS = {
  "missing-lockfile": {
    cwe: "CWE-1357",
    title: "Dependencies are declared, but no lockfile fixes their versions",
    advice:
      "Commit the lockfile of the package manager: without it each install may bring other code than the last one.",
  },
  "lockfile-out-of-step": {
    cwe: "CWE-1357",
    title: "The lockfile does not fit the manifest",
    advice:
      "Install again and commit the lockfile, and let the build install from it alone (`npm ci`, `--frozen-lockfile`, `--locked`).",
  },
  "mixed-package-managers": {
    cwe: "CWE-1357",
    title: "Lockfiles of several package managers stand side by side",
    advice: "Keep one. The others go out of date unseen, and somebody installs from them.",
  },
  "unpinned-dependency": {
    cwe: "CWE-829",
    title: "A dependency may be any version",
    advice: "Name a range or a version: `*`, `latest` and no version at all take whatever is published next.",
  },
  "unpinned-requirements": {
    cwe: "CWE-829",
    title: "Python requirements are not pinned",
    advice:
      "Pin what is deployed with `==` and hashes (`pip-compile --generate-hashes`, `uv lock`), and keep ranges for libraries.",
  },
  "untrusted-source": {
    cwe: "CWE-494",
    title: "A dependency comes from an address that fixes no version",
    advice: "Take it from the registry, or name the commit (`#<40 digits>`); never over plain http.",
  },
  "plain-http-source": {
    cwe: "CWE-319",
    title: "Code is fetched over plain http",
    advice: "Use https: anybody on the way can put other code in its place.",
  },
  "install-script": {
    cwe: "CWE-829",
    title: "The package runs a script when it is installed",
    advice: "Do without, or say in the documentation why it is needed; many people install with scripts switched off.",
  },
  "install-script-downloads": {
    cwe: "CWE-494",
    title: "A script that runs at install fetches or decodes code",
    advice: "Ship what is needed in the package, or check the digest of what is fetched.",
  },
  "extra-package-index": {
    cwe: "CWE-427",
    title: "Packages are looked for in a second index",
    advice:
      "Use one index that has both (`--index-url`): with two, whoever publishes your private name in the public one wins.",
  },
  "untrusted-index": {
    cwe: "CWE-295",
    title: "The certificate of a package index is not verified",
    advice: "Give the index a certificate that verifies, and remove `--trusted-host`.",
  },
  "replaced-module": {
    cwe: "CWE-829",
    title: "A module is replaced by another one",
    advice:
      "Check that the replacement is still needed and trusted; a replacement by a local folder breaks builds elsewhere.",
  },
  "workflow-permissions": {
    cwe: "CWE-250",
    title: "A workflow's token may write everything",
    advice: "Give `permissions: contents: read` at the top, and more only to the job that needs it.",
  },
  "workflow-default-permissions": {
    cwe: "CWE-250",
    title: "A workflow does not say what its token may do",
    advice: "Write `permissions:` at the top of the workflow; the default depends on the settings of the repository.",
  },
  "unpinned-action": {
    cwe: "CWE-829",
    title: "A third-party action is not pinned to a commit",
    advice:
      "Name the commit (`@<40 digits> # v1.2.3`): a tag can be moved to other code, which then runs with your secrets.",
  },
  "untrusted-checkout": {
    cwe: "CWE-829",
    title: "A workflow with secrets checks out code of a pull request",
    advice:
      "Use `pull_request`, or split the workflow: nothing that a stranger wrote may run where `pull_request_target` gives secrets.",
  },
  "workflow-script-injection": {
    cwe: "CWE-94",
    title: "Text that strangers write is put into a script of a workflow",
    advice: 'Hand it over as an environment variable (`env: TITLE: ${{ … }}`) and write "$TITLE" in the script.',
  },
  "pipe-to-shell": {
    cwe: "CWE-494",
    title: "A script is fetched and run unseen",
    advice: "Fetch a fixed version, check its digest, then run it.",
  },
  "image-not-pinned": {
    cwe: "CWE-829",
    title: "A base image has no fixed version",
    advice: "Name a version, better a digest (`image:1.2@sha256:…`): `latest` is another image tomorrow.",
  },
  "container-runs-as-root": {
    cwe: "CWE-250",
    title: "The container runs as root",
    advice: "Add a user and switch to it with `USER` before the command that runs.",
  },
} as const;

export type SupplyRuleId = keyof typeof TEXTS;

export const SUPPLY_RULE_IDS = Object.keys(TEXTS) as SupplyRuleId[];

/** A hit of a rule about the supply chain between two indexes of a file. */
export function supplyHit(id: SupplyRuleId, weight: readonly [Severity, Confidence], start: number, end: number): Hit {
  const about: RuleAbout = { rule: `supply-chain/${id}`, ...TEXTS[id] };
  return {
    ...about,
    category: "supply_chain",
    severity: weight[0],
    confidence: weight[1],
    start,
    end: Math.max(end, start + 1),
  };
}
