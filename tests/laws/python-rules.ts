import { testNames } from "../../lib/learning/content/check-answer.ts";
import type { Exercise } from "../../lib/learning/content/schemas.ts";
import type { PythonMachine } from "./python-machine.ts";

/**
 * What an item in Python claims, held by running it: the server will never run an answer, so that everything its structure is
 * compared with has to be right beforehand.
 */
export function pythonFaults(exercise: Exercise, python: PythonMachine): string[] {
  const faults: string[] = [];
  const say = (fault: string): void => void faults.push(`${exercise.concepts[0]}/${exercise.slug}: ${fault}`);
  const failing = (code: string, tests: string): string[] => {
    const { error, tests: ran } = python.run(code, tests);
    return testNames(tests, "python").filter((name) => error || !ran.some((test) => test.name === name && test.passed));
  };
  const mustPass = (what: string, code: string, tests: string): void => {
    if (testNames(tests, "python").length === 0) say("its tests have no names");
    for (const name of failing(code, tests)) say(`${what} fails “${name}”: ${JSON.stringify(python.run(code, tests))}`);
  };

  if (exercise.kind === "predict") {
    const { output, error } = python.run(exercise.code, null);
    if (error) say(`it ends with ${error.name}: ${error.message}`);
    if (output !== exercise.output) say(`it prints ${JSON.stringify(output)}`);
  }
  if (exercise.kind === "order") {
    mustPass("the right order", exercise.lines.join("\n"), exercise.tests);
    for (const { id, answer } of exercise.misconceptions)
      if (failing(answer.join("\n"), exercise.tests).length === 0) say(`the misconception ${id} passes its tests`);
  }
  if (exercise.kind === "locate") {
    const { repair, tests, code } = exercise;
    if (!repair || !tests) say("a fault in Python needs a repair and tests");
    else {
      const lines = code.split("\n");
      if (failing(code, tests).length === 0) say("its tests pass with the fault");
      lines[repair.line - 1] = repair.text;
      mustPass("the repair", lines.join("\n"), tests);
    }
  }
  if ("evidence" in exercise && "code" in exercise && exercise.code) {
    const { prints, tests } = exercise.evidence;
    if (prints !== undefined && python.run(exercise.code, null).output !== prints)
      say("its code prints something else");
    if (tests !== undefined) mustPass("its code", exercise.code, tests);
  }
  if ("exemplar" in exercise) {
    mustPass("the exemplar", exercise.exemplar, exercise.tests);
    exercise.alsoRight.forEach((code, index) => mustPass(`right answer ${index}`, code, exercise.tests));
    const given = failing(exercise.stub, exercise.tests);
    if (exercise.kind === "refactor") mustPass("the stub", exercise.stub, exercise.tests);
    else if (given.length === 0) say("the stub passes its tests");
    for (const { id, answer, fails } of exercise.misconceptions) {
      const failed = failing(answer, exercise.tests);
      const declared = fails.filter((name) => !name.startsWith("construct "));
      if (declared.toSorted().join() !== failed.toSorted().join())
        say(`${id} says that it fails ${JSON.stringify(declared)}, it fails ${JSON.stringify(failed)}`);
    }
  }
  return faults;
}

/** Everything that counts as right, and should be told so by reading alone. */
export function rightTexts(exercise: Exercise): string[] {
  return "exemplar" in exercise ? [exercise.exemplar, ...exercise.alsoRight] : [];
}
