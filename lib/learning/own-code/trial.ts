import "server-only";
import { z } from "zod";
import { runCode } from "../runner/run-code";
import type { RunRequest } from "../runner/schemas";
import type { Inputs } from "./inputs";
import { outcomeSchema, type Outcome, type OwnFunction } from "./schemas";

export type Run = typeof runCode;

const answersSchema = z.array(z.array(outcomeSchema));

const ending = ({ language }: Pick<OwnFunction, "language">): "ts" | "js" => (language === "typescript" ? "ts" : "js");

/**
 * Runs several texts of one function with the same arguments.
 * @returns what each gave, text by text; null when one of them does not come to its end
 */
export async function tryOut(
  fn: OwnFunction,
  texts: readonly string[],
  inputs: Inputs,
  run: Run,
): Promise<Outcome[][] | null> {
  const end = ending(fn);
  const files = texts.map((text, index) => ({
    name: `text-${index}.${end}`,
    text: `${text}\nexport { ${fn.name} as subject };\n`,
  }));
  const entry = `trial.${end}`;
  const request: RunRequest = {
    files: [
      ...files,
      {
        name: entry,
        text: program(
          files.map(({ name }) => name),
          inputs,
        ),
      },
    ],
    entry,
    tests: null,
    constructsOf: null,
  };
  const ran = await run(request);
  if (ran.status !== "finished") return null;
  const answers = answersSchema.safeParse(parsed(ran.output.trim().split("\n").at(-1) ?? ""));
  const whole = answers.success && answers.data.length === texts.length;
  return whole && answers.data.every((each) => each.length === inputs.length) ? answers.data : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function program(names: readonly string[], inputs: Inputs): string {
  return `${names.map((name, index) => `import { subject as s${index} } from "./${name}";`).join("\n")}
const inputs = ${JSON.stringify(JSON.stringify(inputs))};
const plain = (v, depth) => v === null || typeof v === "string" || typeof v === "boolean" || (typeof v === "number" && Number.isFinite(v) && !Object.is(v, -0))
  || (depth < 4 && typeof v === "object" && (Array.isArray(v) ? v.every((e) => plain(e, depth + 1))
    : Object.getPrototypeOf(v) === Object.prototype && Object.values(v).every((e) => plain(e, depth + 1))));
const write = (v) => v === undefined ? "undefined" : plain(v, 0) && JSON.stringify(v).length <= 300 ? JSON.stringify(v) : null;
const call = (f, text) => {
  const args = JSON.parse(text);
  try {
    const value = write(f(...args));
    return { value, threw: false, kept: JSON.stringify(args) === text };
  } catch (error) {
    return { value: error instanceof Error ? error.name : null, threw: true, kept: JSON.stringify(args) === text };
  }
};
const texts = JSON.parse(inputs).map((one) => JSON.stringify(one));
console.log(JSON.stringify([${names.map((_, index) => `s${index}`).join(", ")}].map((f) => texts.map((text) => call(f, text)))));
`;
}
