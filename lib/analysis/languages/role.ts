import type { FileRole } from "../source";
import type { LanguageFacts } from "./table";

const TEST_FOLDER =
  /(?:^|\/)(?:__tests__|__mocks__|__fixtures__|tests?|specs?|testing|testdata|test-data|fixtures|e2e|cypress)\//i;
const TEST_NAME =
  /(?:\.(?:test|spec|e2e)\.[a-z]{1,5}|_test\.(?:go|py|rb|exs|dart|c|cc|cpp)|_spec\.rb|(?:Test|Tests|TestCase|Spec)\.(?:java|kt|cs|php|scala|swift)|(?:^|\/)(?:test_[^/]{1,200}\.py|conftest\.py))$/;
const EXAMPLE_FOLDER = /(?:^|\/)(?:examples?|samples?|demos?|playground|tutorials?|snippets)\//i;
const CONFIGURATION_NAME =
  /(?:^|\/)(?:\.[^/]{1,100}rc(?:\.[a-z]{1,5})?|[^/]{1,100}\.config\.[a-z]{1,5}|\.env[^/]{0,100}|Dockerfile[^/]{0,100}|Makefile|Jenkinsfile|Procfile)$/;
const CONFIGURATION_LANGUAGES = new Set(["INI", "Dotenv", "TOML", "YAML", "JSON", "JSON with Comments", "XML", "HCL"]);

/** Longer paths are judged by their end: names and endings tell, and no pattern gets long to chew on. */
const PATH_CHARACTERS = 512;

/** What a file is for, by its path and language; what is vendored, generated or documentation is known by then. */
export function roleOf(path: string, language: LanguageFacts | null, isDocumentation: boolean): FileRole {
  const end = path.slice(-PATH_CHARACTERS);
  if (TEST_FOLDER.test(end) || TEST_NAME.test(end)) return "test";
  if (EXAMPLE_FOLDER.test(end)) return "example";
  if (isDocumentation || language?.kind === "prose") return "documentation";
  if (CONFIGURATION_NAME.test(end)) return "configuration";
  if (language?.kind === "data") return CONFIGURATION_LANGUAGES.has(language.name) ? "configuration" : "source";
  return language === null ? "configuration" : "source";
}
