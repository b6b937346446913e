import path from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { openApiDocument } from "@/app/_http/openapi";
import type { Operation } from "@/app/_http/operation";
import { operations } from "@/app/api/v1/_operations/all";
import { projectRoot } from "../support/run-tool.ts";
import { parseFile, parseText, productFiles } from "./source.ts";

const METHODS = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);

interface Handler {
  readonly method: string;
  /** `<operations file>#<export>`, or why it cannot be told. */
  readonly operation: string;
}

/** What a route file exports, read from its source: `export const POST = handle(startAnalysis, …)`. */
function handlersOf(source: ts.SourceFile): Handler[] {
  const imports = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const names = statement.importClause?.namedBindings;
    if (!names || !ts.isNamedImports(names)) continue;
    const file = path.basename(statement.moduleSpecifier.text).replace(/\.ts$/, "");
    for (const name of names.elements) imports.set(name.name.text, `${file}#${(name.propertyName ?? name.name).text}`);
  }
  return source.statements.flatMap((statement): Handler[] => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    if (ts.isFunctionDeclaration(statement) && METHODS.has(statement.name?.text ?? "")) {
      return [{ method: statement.name?.text ?? "", operation: "a function of its own, not handle(operation, verb)" }];
    }
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap((declaration) => {
      const method = declaration.name.getText(source);
      if (!METHODS.has(method)) return [];
      const call = declaration.initializer;
      const isHandle = call && ts.isCallExpression(call) && call.expression.getText(source) === "handle";
      const first = isHandle ? call.arguments[0]?.getText(source) : undefined;
      return [{ method, operation: (first && imports.get(first)) ?? "not handle(<imported operation>, verb)" }];
    });
  });
}

/** `app/api/v1/analyses/[id]/route.ts` → `/api/v1/analyses/{id}` */
function pathOf(file: string): string {
  return path
    .dirname(file)
    .replace(/^app/, "")
    .replaceAll(/\[([^\]]+)\]/g, "{$1}");
}

/** Every operation that a file of _operations exports, by `<file>#<export>`. */
async function describedOperations(): Promise<Map<string, Operation>> {
  const files = productFiles("app/api/v1/_operations/*.ts").filter((file) => path.basename(file) !== "all.ts");
  const modules = await Promise.all(
    files.map(async (file) => [file, (await import(path.join(projectRoot, file))) as Record<string, unknown>] as const),
  );
  return new Map(
    modules.flatMap(([file, exported]) =>
      Object.entries(exported)
        .filter((entry): entry is [string, Operation] => isOperation(entry[1]))
        .map(([name, operation]) => [`${path.basename(file, ".ts")}#${name}`, operation]),
    ),
  );
}

function isOperation(value: unknown): value is Operation {
  return typeof value === "object" && value !== null && "method" in value && "path" in value && "responses" in value;
}

const document = () => openApiDocument(operations, { version: "0.0.0", server: "/" });

describe("the API and its description", () => {
  test("every described operation is in the list that the document is made of, and nothing else", async () => {
    const described = await describedOperations();
    expect(operations.map(({ id }) => id).toSorted()).toEqual([...described.values()].map(({ id }) => id).toSorted());
  });

  test("every route handler is one operation at its own path and method, and every operation has a handler", async () => {
    const described = await describedOperations();
    const routes = productFiles("app/api/v1/**/route.ts").flatMap((file) =>
      handlersOf(parseFile(file)).map((handler) => ({ ...handler, path: pathOf(file) })),
    );
    const handled = routes.map(({ method, path: at, operation }) => `${method} ${at} → ${operation}`);
    const expected = [...described].map(([key, { method, path: at }]) => `${method} ${at} → ${key}`);
    expect(handled.toSorted()).toEqual(expected.toSorted());
  });

  test("a route that goes past its operation is seen", () => {
    const text = `
      import { handle } from "@/app/_http/handle";
      import { start, read as readOne } from "@/app/api/v1/_operations/analyses";
      export const dynamic = "force-dynamic";
      export const POST = handle(start, verb);
      export const GET = handle(readOne, verb);
      export const PUT = wrap(start);
      export function DELETE() {}`;
    expect(handlersOf(parseText("route.ts", text))).toEqual([
      { method: "POST", operation: "analyses#start" },
      { method: "GET", operation: "analyses#read" },
      { method: "PUT", operation: "not handle(<imported operation>, verb)" },
      { method: "DELETE", operation: "a function of its own, not handle(operation, verb)" },
    ]);
    expect(pathOf("app/api/v1/analyses/[id]/route.ts")).toBe("/api/v1/analyses/{id}");
  });

  test("the document is valid OpenAPI 3.1", async () => {
    const answer = await new Validator().validate(structuredClone(document()) as unknown as Record<string, unknown>);
    expect(answer).toEqual({ valid: true });
  });

  test("path parameters are exactly those in the path", () => {
    const wrong = operations.filter((operation) => {
      const named = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const shape =
        operation.params && "shape" in operation.params ? Object.keys(operation.params.shape as object) : [];
      return named.toSorted().join() !== shape.toSorted().join();
    });
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });
});
