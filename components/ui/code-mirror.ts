import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

/** The editor itself, which comes after the page; only `code-editor.tsx` loads it. */
interface EditorOptions {
  readonly text: string;
  readonly label: string;
  readonly describedBy: string;
  readonly language: "javascript" | "typescript" | "python";
  readonly onChange: (text: string) => void;
  /** Ctrl or Cmd with Enter. */
  readonly onRun: () => void;
}

/** The classes of app/globals.css that also colour code drawn by the server, so that both follow the theme alike. */
const COLOURS = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], class: "code-keyword" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: "code-string" },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], class: "code-comment" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], class: "code-constant" },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.typeName, tags.className],
    class: "code-function",
  },
  { tag: [tags.punctuation, tags.bracket, tags.operator], class: "code-punctuation" },
]);

const LOOKS = EditorView.theme({
  "&": { height: "100%", fontSize: "inherit", backgroundColor: "transparent", color: "var(--color-ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { padding: "0.5rem 0", caretColor: "var(--color-ink)" },
  ".cm-line": { padding: "0 0.75rem 0 0.5rem" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--color-muted)", border: "none", userSelect: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.25rem", padding: "0 0.25rem 0 0" },
  ".cm-content ::selection, .cm-line::selection": { backgroundColor: "var(--color-accent-wash)" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--half-wash)",
    outline: "1px solid var(--color-control)",
  },
});

/** Mounts the editor into `parent`. @returns what takes it away again, and what gives it the focus */
export function mountEditor(
  parent: HTMLElement,
  { text, label, describedBy, language, onChange, onRun }: EditorOptions,
): { readonly destroy: () => void; readonly focus: () => void } {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        indentOnInput(),
        bracketMatching(),
        indentUnit.of(language === "python" ? "    " : "  "),
        EditorState.tabSize.of(language === "python" ? 4 : 2),
        language === "python" ? python() : javascript({ typescript: language === "typescript" }),
        syntaxHighlighting(COLOURS),
        LOOKS,
        // Escape, then Tab, leaves the editor; so does Tab after Ctrl-M: CodeMirror's own ways.
        keymap.of([
          {
            key: "Mod-Enter",
            preventDefault: true,
            run: () => {
              onRun();
              return true;
            },
          },
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-describedby": describedBy,
          // It can be reached without it; what checks pages does not know that.
          tabindex: "0",
          autocapitalize: "off",
          spellcheck: "false",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return { destroy: () => view.destroy(), focus: () => view.focus() };
}
