import type { ReactNode } from "react";
import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore, type ThemedToken } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { bundledLanguages } from "shiki/langs";

/**
 * Colours source text on the server. What comes out are React elements: the text is never parsed as HTML, and colours
 * are classes of app/globals.css, so that they follow the theme and the content security policy.
 */
interface CodeSnippetProps {
  readonly code: string;
  /** Number of the first line. */
  readonly line: number;
  readonly language?: string | null | undefined;
  /** Its ending names the language when `language` does not. */
  readonly path: string;
  /** Read out before the code. */
  readonly label: string;
}

type Language = keyof typeof bundledLanguages;

/** Linguist's names that are spelt otherwise here. */
const OTHER_NAMES: Readonly<Record<string, Language>> = {
  "c++": "cpp",
  "c#": "csharp",
  "f#": "fsharp",
  "objective-c": "objective-c",
  shell: "shellscript",
  dockerfile: "docker",
  "vim script": "viml",
  "github actions": "yaml",
};

/** Longer lines are left without colour: a grammar may take long over them. */
const LIMITS = { tokenizeMaxLineLength: 400, tokenizeTimeLimit: 200 } as const;
const THEME = "devmentor";
/** The tokens that the theme names, as in app/globals.css. */
const TOKEN = /^var\(--code-token-([a-z-]+)\)$/;

let highlighter: Promise<HighlighterCore> | undefined;

async function tokensOf(code: string, language: Language): Promise<ThemedToken[][]> {
  highlighter ??= createHighlighterCore({
    themes: [createCssVariablesTheme({ name: THEME, variablePrefix: "--code-", fontStyle: false })],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const shiki = await highlighter;
  // Loading one that is there already does nothing.
  await shiki.loadLanguage(bundledLanguages[language]);
  return shiki.codeToTokens(code, { lang: language, theme: THEME, ...LIMITS }).tokens;
}

function languageOf(name: string | null | undefined, path: string): Language | null {
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  for (const candidate of [name?.toLowerCase(), ending]) {
    if (candidate === undefined) continue;
    const known = OTHER_NAMES[candidate] ?? candidate;
    if (Object.hasOwn(bundledLanguages, known)) return known as Language;
  }
  return null;
}

export async function CodeSnippet({ code, line, language, path, label }: CodeSnippetProps): Promise<ReactNode> {
  const known = languageOf(language, path);
  const lines: readonly (readonly Pick<ThemedToken, "content" | "color" | "offset">[])[] = known
    ? await tokensOf(code, known)
    : code.split("\n").map((content) => [{ content, offset: 0 }]);
  const numbered = lines.map((tokens, index) => ({ tokens, number: line + index }));
  return (
    <pre
      tabIndex={0}
      aria-label={label}
      className="overflow-x-auto rounded-control border border-line bg-sunk py-2 font-mono text-xs leading-5"
    >
      <code className="grid min-w-max">
        {numbered.map(({ tokens, number }) => (
          <span key={number} className="grid grid-cols-[3.25rem_1fr] pr-4">
            <span aria-hidden="true" className="figures pr-3 text-right text-muted select-none">
              {number}
            </span>
            <span className="whitespace-pre">
              {tokens.length === 0 ? "\n" : tokens.map((token) => <Token key={token.offset} token={token} />)}
            </span>
          </span>
        ))}
      </code>
    </pre>
  );
}

function Token({ token }: { readonly token: Pick<ThemedToken, "content" | "color"> }): ReactNode {
  const kind = token.color === undefined ? undefined : TOKEN.exec(token.color)?.[1];
  return kind === undefined ? token.content : <span className={`code-${kind}`}>{token.content}</span>;
}
