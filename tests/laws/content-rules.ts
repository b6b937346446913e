import path from "node:path";
import ts from "typescript";
import { checkAnswer } from "../../lib/learning/content/check-answer.ts";
import { openCriteria } from "../../lib/learning/content/rules.ts";
import type { Answer, Exercise, Track } from "../../lib/learning/content/schemas.ts";
import { addressesJudge, standsIn, wordsShared } from "../../lib/platform/ai/checks.ts";
import { runCode } from "../../lib/learning/runner/run-code.ts";
import type { RunResult } from "../../lib/learning/runner/schemas.ts";
import { shapeOf } from "./content-shape.ts";
import { rightTexts } from "./python-rules.ts";

/** What content must hold, beyond its schema. Each rule says what is wrong, by the path of the item. */
type Runner = (name: string, text: string, tests: string | null) => Promise<RunResult>;

export const allExercises = (tracks: readonly Track[]): Exercise[] =>
  tracks.flatMap(({ concepts }) => concepts.flatMap(({ exercises }) => exercises));

const nameOf = (exercise: Exercise): string => `${exercise.concepts[0]}/${exercise.slug}`;

/** Ids, slugs and references. */
export function structureFaults(tracks: readonly Track[], catalogue: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const concepts = tracks.flatMap((track) => track.concepts);
  const slugs = new Set(concepts.map(({ slug }) => slug));
  const exercises = allExercises(tracks);
  const once = (what: string, values: readonly string[]): void => {
    for (const value of new Set(values.filter((value, index) => values.indexOf(value) !== index)))
      faults.push(`${what} ${value} is given twice`);
  };
  once(
    "uuid",
    [...tracks, ...concepts, ...exercises].map(({ uuid }) => uuid),
  );
  once(
    "concept",
    concepts.map(({ slug }) => slug),
  );
  once(
    "exercise",
    exercises.map(({ slug }) => slug),
  );
  for (const concept of concepts) {
    for (const slug of concept.prerequisites)
      if (!slugs.has(slug)) faults.push(`${concept.slug} asks for ${slug}, which is no concept`);
    for (const slug of concept.recommendedFor)
      if (!catalogue.has(slug))
        faults.push(`${concept.slug} is recommended for ${slug}, which the catalogue does not know`);
    if (!catalogue.has(concept.slug) && concept.recommendedFor.length === 0)
      faults.push(`${concept.slug} is led to by no recommendation`);
    for (const level of concept.blooms)
      if (!concept.exercises.some(({ bloom }) => bloom === level))
        faults.push(`${concept.slug} declares ${level} and has no item for it`);
    for (const { bloom, slug } of concept.exercises)
      if (!concept.blooms.includes(bloom))
        faults.push(`${concept.slug}/${slug} is ${bloom}, which its concept does not declare`);
  }
  for (const exercise of exercises) {
    const others = [...exercise.concepts, ...exercise.prerequisites];
    for (const slug of others)
      if (!slugs.has(slug)) faults.push(`${nameOf(exercise)} names ${slug}, which is no concept`);
    for (const list of [exercise.rubric, exercise.misconceptions] as const)
      once(
        `in ${nameOf(exercise)}`,
        list.map(({ id }) => id),
      );
    if ("options" in exercise)
      once(
        `in ${nameOf(exercise)}`,
        exercise.options.map(({ id }) => id),
      );
  }
  return [...faults, ...cycles(new Map(concepts.map((concept) => [concept.slug, concept.prerequisites])))];
}

function cycles(prerequisites: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const faults: string[] = [];
  const visit = (slug: string, above: readonly string[]): void => {
    if (above.includes(slug)) faults.push(`prerequisites go in a circle: ${[...above, slug].join(" → ")}`);
    else if (!done.has(slug)) {
      for (const next of prerequisites.get(slug) ?? []) visit(next, [...above, slug]);
      done.add(slug);
    }
  };
  for (const slug of prerequisites.keys()) visit(slug, []);
  return faults;
}

/** Two items that are the same but for names, numbers and words in quotes. */
export function sameShapes(tracks: readonly Track[]): string[] {
  const known = new Map<string, string>();
  return allExercises(tracks).flatMap((exercise) => {
    const shape = shapeOf(exercise);
    const other = known.get(shape);
    known.set(shape, nameOf(exercise));
    return other ? [`${nameOf(exercise)} is ${other} with other names`] : [];
  });
}

/** Runs what an item claims: the right answer is right, the stub fails, each wrong answer fails as it says. */
export async function runFaults(exercise: Exercise, folder: string): Promise<string[]> {
  const faults: string[] = [];
  const say = (fault: string): void => void faults.push(`${nameOf(exercise)}: ${fault}`);
  const runner: Runner = (name, text, tests) => runCode(requestOf(name, text, tests), folder);
  const run = (request: Parameters<typeof runCode>[0]) => runCode(request, folder);

  const right = await checkAnswer(exercise, rightAnswer(exercise), run);
  // What no check can tell is open also where the answer is right; everything else of it has to pass.
  const passes = right.failed.length === 0 && right.checks.every(({ passed }) => passed);
  if (!passes || right.open.length !== openCriteria(exercise).length)
    say(`the right answer does not pass: ${JSON.stringify([right.failed, right.checks, right.run])}`);
  if (right.checks.length + right.open.length === 0) say("no line of the rubric is checked");
  for (const { id } of exercise.rubric)
    if (![...right.checks, ...right.open].some(({ criterion }) => criterion === id))
      say(`nothing checks the line ${id} of the rubric`);
  for (const fault of openFaults(exercise)) say(fault);
  if ("stub" in exercise) {
    const stub = await checkAnswer(exercise, { kind: "text", text: exercise.stub }, run);
    if (stub.passed) say("the stub passes");
    const onlyShape = stub.failed.every((name) => name.startsWith("construct "));
    if (exercise.kind === "refactor" && !onlyShape)
      say(`the stub should only fail constructs: ${stub.failed.join(", ")}`);
  }
  for (const wrong of exercise.misconceptions) {
    const checked = await checkAnswer(exercise, wrongAnswer(exercise, wrong.answer), run);
    if (checked.passed) say(`the misconception ${wrong.id} passes`);
    if (checked.misconception?.id !== wrong.id) say(`the misconception ${wrong.id} is not recognised`);
    if (checked.run && wrong.fails.length === 0) say(`the misconception ${wrong.id} does not say what it fails`);
    for (const name of wrong.fails)
      if (!checked.failed.includes(name))
        say(`${wrong.id} should fail “${name}”, it fails: ${checked.failed.join(", ")}`);
  }
  if ("language" in exercise && exercise.language === "python") {
    for (const [index, text] of rightTexts(exercise).entries())
      if (!(await checkAnswer(exercise, { kind: "text", text }, run)).passed)
        say(`right answer ${index} is not told so`);
    return faults;
  }
  await evidenceFaults(exercise, runner, say);
  return faults;
}

/**
 * Open criteria belong to tasks that are answered in words, and each has words that show it and words that do not, to which a grade
 * could be held: long enough to be read, on the subject, not the question's own, and not spoken to whoever judges.
 */
function openFaults(exercise: Exercise): string[] {
  const open = openCriteria(exercise);
  if (exercise.kind !== "explain") return open.map(({ id }) => `${id} is open, and no words are asked for`);
  const faults = open.length === 0 ? ["it asks for words, and no line of the rubric is about them"] : [];
  if (exercise.options.length === 1) faults.push("one option is no choice");
  if ((exercise.answer === null) !== (exercise.options.length === 0)) faults.push("options and answer go together");
  if (exercise.answer !== null && !exercise.options.some(({ id }) => id === exercise.answer))
    faults.push("the answer is none of the options");
  if (exercise.answer !== null && !exercise.rubric.some(({ by }) => by === "answer"))
    faults.push("nothing checks the choice");
  for (const { id, text, by } of open) {
    const { evidence, shown, missing } = by.open;
    const subject = [text, evidence, exercise.prompt];
    if (shown === missing) faults.push(`${id}: what shows it is what does not`);
    for (const words of [shown, missing]) {
      if (addressesJudge(words)) faults.push(`${id}: “${words}” speaks to whoever judges`);
      if (wordsShared(words, subject) === 0) faults.push(`${id}: “${words}” is about something else`);
      if (standsIn(words, subject)) faults.push(`${id}: “${words}” is the question's own`);
    }
    if (standsIn(shown, [exercise.prompt, ...exercise.hints])) faults.push(`${id}: what shows it is given away`);
  }
  return faults;
}

const requestOf = (name: string, text: string, tests: string | null) => ({
  files: [{ name, text }, ...(tests === null ? [] : [{ name: name.replace("solution", "tests"), text: tests }])],
  entry: name,
  tests: tests === null ? null : name.replace("solution", "tests"),
  constructsOf: null,
});

const fileOf = (exercise: Exercise): string =>
  "language" in exercise && exercise.language === "javascript" ? "solution.js" : "solution.ts";

async function evidenceFaults(exercise: Exercise, run: Runner, say: (fault: string) => void): Promise<void> {
  const name = fileOf(exercise);
  if (exercise.kind === "predict") {
    const { output, status, error } = await run(name, exercise.code, null);
    if (output !== exercise.output)
      say(`it prints ${JSON.stringify(output)} and says ${JSON.stringify(exercise.output)}`);
    if (status !== "finished") say(`it ends as ${status}: ${error?.message}`);
  }
  if (exercise.kind === "locate") await locateFaults(exercise, run, name, say);
  const claims = "evidence" in exercise ? exercise.evidence : {};
  const code = "code" in exercise ? exercise.code : undefined;
  if (Object.keys(claims).length > 0 && code === undefined) return say("it has evidence, but no code");
  if (code === undefined) return;
  if (claims.prints !== undefined) {
    const { output } = await run(name, code, null);
    if (output !== claims.prints) say(`its code prints ${JSON.stringify(output)}`);
  }
  if (claims.tests !== undefined) await mustPass(run, name, code, claims.tests, say);
}

async function locateFaults(
  exercise: Extract<Exercise, { kind: "locate" }>,
  run: Runner,
  name: string,
  say: (fault: string) => void,
): Promise<void> {
  const lines = exercise.code.split("\n");
  for (const line of [...exercise.lines, ...exercise.misconceptions.map(({ answer }) => answer)])
    if ((lines[line - 1] ?? "").trim() === "") say(`there is nothing on line ${line}`);
  if (!exercise.repair) {
    if (Object.keys(exercise.evidence).length === 0) say("nothing shows that the fault is there");
    return;
  }
  if (!exercise.tests) return say("a repair needs tests");
  if (!exercise.lines.includes(exercise.repair.line)) say("the repair is on none of the right lines");
  const before = await run(name, exercise.code, exercise.tests);
  if (before.status === "finished" && before.tests.every(({ passed }) => passed)) say("its tests pass with the fault");
  lines[exercise.repair.line - 1] = exercise.repair.text;
  await mustPass(run, name, lines.join("\n"), exercise.tests, say);
}

async function mustPass(run: Runner, name: string, code: string, tests: string, say: (fault: string) => void) {
  const result = await run(name, code, tests);
  const failed = result.tests.filter(({ passed }) => !passed);
  if (result.status !== "finished" || failed.length > 0 || result.tests.length === 0)
    say(`the tests do not pass: ${result.status} ${result.error?.message ?? ""} ${JSON.stringify(failed)}`);
}

function rightAnswer(exercise: Exercise): Answer {
  if (exercise.kind === "choice") return { kind: "choice", ids: exercise.answer };
  if (exercise.kind === "short") return { kind: "text", text: exercise.accepted[0] ?? "" };
  if (exercise.kind === "predict") return { kind: "text", text: exercise.output };
  if (exercise.kind === "order") return { kind: "lines", lines: exercise.lines };
  if (exercise.kind === "locate") return { kind: "line", line: exercise.lines[0] ?? 1 };
  if (exercise.kind === "justify") return { kind: "justified", choice: exercise.answer, because: exercise.because };
  if (exercise.kind === "explain")
    return argued(
      exercise.answer,
      openCriteria(exercise).map(({ by }) => by.open.shown),
    );
  return { kind: "text", text: exercise.exemplar };
}

const argued = (choice: string | null, words: readonly string[]): Answer => ({
  kind: "argued",
  choice,
  words: words.join("\n"),
});

function wrongAnswer(exercise: Exercise, wrong: Exercise["misconceptions"][number]["answer"]): Answer {
  if (typeof wrong === "number") return { kind: "line", line: wrong };
  if (typeof wrong === "string") return { kind: "text", text: wrong };
  if (Array.isArray(wrong))
    return exercise.kind === "order" ? { kind: "lines", lines: wrong } : { kind: "choice", ids: wrong };
  return "words" in wrong ? { kind: "argued", ...wrong } : { kind: "justified", ...wrong };
}

/** TypeScript, strict, over every piece of code that is shown or asked for: errors only where an item declares them. */
export function typeFaults(exercises: readonly Exercise[], root: string): string[] {
  const texts = new Map<string, { text: string; declared: readonly { line: number; code: number }[] }>();
  for (const [index, exercise] of exercises.entries()) {
    if (!("language" in exercise) || exercise.language !== "typescript") continue;
    const at = (part: string): string => path.join(root, "content", `item-${index}`, part);
    const add = (part: string, text: string, declared: readonly { line: number; code: number }[] = []): void =>
      void texts.set(at(`${part}/solution.ts`), { text, declared });
    if ("exemplar" in exercise) {
      add("exemplar", exercise.exemplar);
      texts.set(at("exemplar/tests.ts"), { text: exercise.tests, declared: [] });
    } else if (exercise.kind === "order") add("lines", exercise.lines.join("\n"));
    else if ("code" in exercise && exercise.code)
      add("code", exercise.code, "evidence" in exercise ? (exercise.evidence.errors ?? []) : []);
  }
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    allowImportingTsExtensions: true,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    lib: ["lib.es2024.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, directoryExists, getSourceFile } = host;
  const folders = new Set([...texts.keys()].map((file) => path.dirname(file)));
  host.readFile = (file) => texts.get(file)?.text ?? readFile.call(host, file);
  host.fileExists = (file) => texts.has(file) || fileExists.call(host, file);
  host.directoryExists = (folder) => folders.has(folder) || (directoryExists?.call(host, folder) ?? true);
  host.getSourceFile = (file, target, ...rest) => {
    const own = texts.get(file);
    return own ? ts.createSourceFile(file, own.text, target) : getSourceFile.call(host, file, target, ...rest);
  };
  host.getCurrentDirectory = () => root;
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts].flatMap(([file, { declared }]) => {
    const source = program.getSourceFile(file);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      (one) => ({
        line: source && one.start !== undefined ? source.getLineAndCharacterOfPosition(one.start).line + 1 : 0,
        code: one.code,
        words: ts.flattenDiagnosticMessageText(one.messageText, " "),
      }),
    );
    const exercise = exercises[Number(/item-(\d+)/.exec(file)?.[1])];
    const key = ({ line, code }: { line: number; code: number }): string => `${line}:${code}`;
    const wanted = new Set(declared.map(key));
    const where = `${exercise ? nameOf(exercise) : file} (${path.basename(path.dirname(file))}/${path.basename(file)})`;
    return [
      ...found
        .filter((one) => !wanted.has(key(one)))
        .map((one) => `${where}: line ${one.line}: TS${one.code} ${one.words}`),
      ...[...wanted]
        .filter((one) => !found.some((seen) => key(seen) === one))
        .map((one) => `${where}: no error ${one}`),
    ];
  });
}
