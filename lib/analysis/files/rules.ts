import type { FileVerdict } from "../schemas";

/** How the language of a file was found, to be read after its name. */
export const WHY_WORDS: Readonly<Record<NonNullable<FileVerdict["why"]>, string>> = {
  attribute: "The repository’s own .gitattributes says so",
  modeline: "An editor’s mode line in the file says so",
  filename: "Files of this name are always that",
  shebang: "Its first line names the program that runs it",
  extension: "Only this language has the ending",
  xml: "It begins as XML does",
  manpage: "It is named and laid out as a manual page",
  heuristic: "Several languages have the ending; its content decides",
  popular: "Several languages have the ending; this is the only widespread one",
  company: "Several languages have the ending; the rest of the repository is written in this one",
};
