import type { SkippedCount } from "../schemas";
import paths from "./data/paths.json" with { type: "json" };

export type SkipReason = SkippedCount["reason"];

/** Lock files that Linguist counts as data: a tool writes them. */
const LOCK_FILES = new Set([
  "yarn.lock",
  "bun.lock",
  "go.sum",
  "mix.lock",
  "pubspec.lock",
  "Gemfile.lock",
  "Package.resolved",
  "Podfile.lock",
]);

/** What only a tool writes, by its name; Linguist does not count most of these either, for other reasons. */
const GENERATED_NAME =
  /(?:\.min\.(?:m?js|css)|\.(?:m?js|css)\.map|\.pb\.(?:go|cc|h|ts)|_pb2(?:_grpc)?\.py|_pb\.(?:js|d\.ts)|\.(?:g|freezed)\.dart|\.generated\.cs|\.snap)$/i;

/**
 * Linguist's patterns are made for a backtracking matcher, and two of them take quadratic time: the end of a longer path
 * decides, as nearly all of them look at names and endings.
 */
const PATH_CHARACTERS = 512;

const union = (patterns: readonly string[]): RegExp =>
  new RegExp(patterns.map((pattern) => `(?:${pattern})`).join("|"));
const VENDORED = union(paths.vendored);
const DOCUMENTATION = union(paths.documentation);
const GENERATED = union(paths.generated);

/** What Linguist's patterns say of a path alone. */
export function excludedByPath(path: string): "vendored" | "generated" | "documentation" | null {
  const end = path.slice(-PATH_CHARACTERS);
  if (VENDORED.test(end)) return "vendored";
  const name = end.slice(end.lastIndexOf("/") + 1);
  if (GENERATED.test(end) || LOCK_FILES.has(name) || GENERATED_NAME.test(name)) return "generated";
  return DOCUMENTATION.test(end) ? "documentation" : null;
}

/** Linguist's list of vendored paths holds more than copies: test data, a repository's own settings, what a build leaves. */
const NO_COPY =
  /(?:^|\/)(?:testdata|[Tt]ests?\/fixtures|[Ss]pecs?\/fixtures|dist|cache|env|docs?\/_?(?:build|themes?|templates?|static)|inst\/extdata|\.(?:github|vscode|obsidian|teamcity|google_apis|mvn)|gradle\/wrapper)\/|^debian\/|(?:^|\/)(?:\.git(?:attributes|ignore|modules)|\.indent\.pro|\.gitpod\.Dockerfile|\.DS_Store|\.osx|\.sublime-(?:project|workspace)|Vagrantfile|Jenkinsfile|fabfile\.py|configure|gradlew(?:\.bat)?|mvnw(?:\.cmd)?|activator(?:\.bat)?|waf|proguard(?:-rules)?\.pro)$|\.d\.ts$|\.imageset\/|\.xctemplate\//i;

/** Whether a vendored path is code that somebody else wrote and that was copied here. */
export function isCopied(path: string): boolean {
  return !NO_COPY.test(path.slice(-PATH_CHARACTERS));
}

const BINARY_BYTES = 8_000;
const UTF16 = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/** A NUL among the first bytes is git's own test for binary; text in UTF-16 begins with a mark. */
export function isBinary(content: Buffer): boolean {
  if (UTF16.some((mark) => content.subarray(0, 2).equals(mark))) return false;
  return content.subarray(0, BINARY_BYTES).includes(0);
}
