import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import type { SeenCall } from "../../devstack/stripe/exchange.ts";

interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}
interface Generated {
  readonly definitions: Record<string, Schema>;
}

const ROOT = path.resolve(import.meta.dirname, "..", "..");
const CONTRACT = "support/stripe-types.StripeContract";
/** An enum of Stripe's is open to further values; what the emulator says must be one of the documented ones. */
const OPEN = "shared.OtherString";

const versionOf = async (name: string): Promise<string> =>
  (JSON.parse(await readFile(path.join(ROOT, "node_modules", name, "package.json"), "utf8")) as { version: string })
    .version;

/** JSON schemas of tests/support/stripe-types.ts, out of the installed package; kept until its version changes. */
async function generated(): Promise<Generated> {
  const [stripe, generator, contract] = await Promise.all([
    versionOf("stripe"),
    versionOf("ts-json-schema-generator"),
    readFile(path.join(import.meta.dirname, "stripe-types.ts")),
  ]);
  const folder = path.join(ROOT, "node_modules", ".cache", "stripe-schemas");
  const mark = Buffer.from(await crypto.subtle.digest("SHA-256", contract))
    .toString("hex")
    .slice(0, 12);
  const file = path.join(folder, `${stripe}-${generator}-${mark}.json`);
  if (!existsSync(file)) {
    await mkdir(folder, { recursive: true });
    await writeFile(`${file}.${process.pid}`, JSON.stringify(await generate()));
    await rename(`${file}.${process.pid}`, file);
  }
  return JSON.parse(await readFile(file, "utf8")) as Generated;
}

async function generate(): Promise<Generated> {
  const { createGenerator, ExposeNodeParser } = await import("ts-json-schema-generator");
  // Its own names leave out the namespaces, of which Stripe's types have many with the same inside.
  Reflect.set(ExposeNodeParser.prototype, "getDefinitionName", nameOf);
  return createGenerator({
    path: path.join(import.meta.dirname, "stripe-types.ts"),
    tsconfig: path.join(ROOT, "tsconfig.json"),
    type: "StripeContract",
    skipTypeCheck: true,
    additionalProperties: false,
    expose: "all",
    jsDoc: "none",
  }).createSchema("StripeContract") as Generated;
}

interface Named {
  readonly parent?: Named;
  readonly fileName?: string;
  readonly name?: { readonly text?: string };
}
function nameOf(node: Named, context: { getArguments(): readonly ({ getName(): string } | undefined)[] }): string {
  const names: string[] = [];
  for (let at: Named | undefined = node; at; at = at.parent) {
    const name =
      at.name?.text ??
      at.fileName
        ?.split("/")
        .slice(-2)
        .join("/")
        .replace(/(?:\.d)?\.ts$/, "");
    if (name !== undefined) names.unshift(name);
  }
  const given = context.getArguments().map((each) => each?.getName());
  return given.length > 0 ? `${names.join(".")}<${given.join(",")}>` : names.join(".");
}

/** Takes "or any other string" out of enums. */
function close(definitions: Record<string, Schema>): void {
  for (const [name, schema] of Object.entries(definitions)) {
    const closed = schema.anyOf?.filter((each) => !each.$ref?.endsWith(encodeURIComponent(OPEN)));
    if (closed && closed.length > 0) definitions[name] = { ...schema, anyOf: closed };
  }
}

/** Checks what the emulator takes and says against Stripe's types. */
export interface StripeSchemas {
  /** Names of an endpoint's parameters; undefined where the package has no type for it. */
  parametersOf(endpoint: string): string[] | undefined;
  /** What is wrong with an object, all that it holds included; empty when nothing is. */
  problemsOf(kind: "events" | "objects" | "parameters", name: string, value: unknown): string[];
}

export async function stripeSchemas(): Promise<StripeSchemas> {
  const { definitions } = await generated();
  close(definitions);
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addSchema({ $id: "stripe", definitions });
  const compiled = new Map<string, ValidateFunction>();
  const group = (kind: string): Schema => {
    const [, found] =
      Object.entries(definitions).find(([name]) => name === `${CONTRACT.replace("StripeContract", "")}${kind}`) ?? [];
    if (!found)
      throw new Error(`The generated schemas have no ${kind}: ${Object.keys(definitions).slice(0, 3).join(", ")}…`);
    return found;
  };
  const groups = { objects: group("Objects"), parameters: group("Parameters"), events: group("Events") };
  const resolve = (schema: Schema): Schema =>
    schema.$ref ? resolve(definitions[decodeURIComponent(schema.$ref.replace("#/definitions/", ""))] ?? {}) : schema;
  return {
    parametersOf(endpoint) {
      const schema = groups.parameters.properties?.[endpoint];
      return schema && Object.keys(resolve(schema).properties ?? {}).toSorted();
    },
    problemsOf(kind, name, value) {
      const schema = groups[kind].properties?.[name];
      if (!schema) return [`${kind} has no ${name}`];
      const key = `${kind} ${name}`;
      let check = compiled.get(key);
      if (!check) {
        check = ajv.compile({ $ref: `stripe${schema.$ref ?? ""}` });
        compiled.set(key, check);
      }
      if (check(value)) return [];
      return (check.errors ?? []).map(
        (error) => `${name} ${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
      );
    },
  };
}

/** Collects what a run of the emulator did that Stripe's types do not allow. */
export function conformance(): {
  readonly observe: { call(call: SeenCall): void; event(event: { type: string }): void };
  /** @returns every violation, and how much was looked at */
  judge(schemas: StripeSchemas): { problems: string[]; calls: number; objects: number; events: number };
} {
  const calls: SeenCall[] = [];
  const events: { type: string }[] = [];
  return {
    observe: { call: (call) => void calls.push(call), event: (event) => void events.push(structuredClone(event)) },
    judge(schemas) {
      const problems: string[] = [];
      let objects = 0;
      const look = (value: unknown) => {
        if (Array.isArray(value)) return value.forEach(look);
        if (typeof value !== "object" || value === null) return;
        const kind: unknown = Reflect.get(value, "object");
        if (kind === "list" || kind === "search_result") return look(Reflect.get(value, "data"));
        if (kind === "event")
          return problems.push(...schemas.problemsOf("events", String(Reflect.get(value, "type")), value));
        objects += 1;
        problems.push(...schemas.problemsOf("objects", String(kind), value));
      };
      for (const call of calls) {
        if (schemas.parametersOf(call.endpoint))
          problems.push(...schemas.problemsOf("parameters", call.endpoint, call.values));
        if (call.status === 200) look(call.body);
        const { error } = call.body as { error?: { payment_intent?: unknown; payment_method?: unknown } };
        if (error?.payment_intent) look(error.payment_intent);
        if (error?.payment_method) look(error.payment_method);
      }
      for (const event of events) problems.push(...schemas.problemsOf("events", event.type, event));
      return { problems, calls: calls.length, objects, events: events.length };
    },
  };
}
