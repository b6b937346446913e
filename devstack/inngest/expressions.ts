/**
 * The part of CEL that Inngest expressions here may use: paths (`event.data.user.id`, `event.data["a-b"]`, `tags[0]`),
 * text, number, boolean, null and list literals, `== != < <= > >= && || ! in + - * / % ?:`, `size(x)`, `has(x)`,
 * `string(x)`, `int(x)`, `double(x)` and the methods `startsWith`, `endsWith`, `contains`, `size`.
 * Anything else is refused when the function registers, so a trigger never silently fails to match.
 *
 * A path that leads nowhere is unlike everything except `null`, so two missing fields do not match each other.
 */
class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}

/** What an expression may speak of: `event`, and `async` in waits and cancellations. */
export type Scope = Readonly<Record<string, unknown>>;
export type Expression = (scope: Scope) => unknown;

const TOKEN =
  /\s*(?:(\d+\.\d+|\d+)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([A-Za-z_]\w*)|(&&|\|\||==|!=|<=|>=|[<>!+\-*/%?:.,()[\]]))/y;

interface Token {
  readonly kind: "number" | "text" | "name" | "mark" | "end";
  readonly text: string;
}

const PRECEDENCE: Readonly<Record<string, number>> = {
  "||": 1,
  "&&": 2,
  "==": 3,
  "!=": 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  in: 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
};

const METHODS: Readonly<Record<string, (target: unknown, argument: unknown) => unknown>> = {
  startsWith: (target, argument) =>
    typeof target === "string" && typeof argument === "string" && target.startsWith(argument),
  endsWith: (target, argument) =>
    typeof target === "string" && typeof argument === "string" && target.endsWith(argument),
  contains: (target, argument) =>
    typeof target === "string" && typeof argument === "string" && target.includes(argument),
};

const FUNCTIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  size: sizeOf,
  has: (value) => value !== undefined,
  string: (value) => (value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value)),
  int: (value) => Math.trunc(Number(value)),
  double: (value) => Number(value),
};

function sizeOf(value: unknown): number | undefined {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  return value !== null && typeof value === "object" ? Object.keys(value).length : undefined;
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (source.slice(TOKEN.lastIndex).trim() !== "") {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match)
      throw new ExpressionError(
        `"${source}" cannot be read from position ${at}: "${source.slice(at, at + 12).trim()}".`,
      );
    const [, number, double, single, name, mark] = match;
    if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark });
    else
      tokens.push({
        kind: "text",
        text: (double ?? single ?? "").replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c === "t" ? "\t" : c)),
      });
  }
  return tokens;
}

/** Equality of JSON values; a missing value equals nothing but null. */
function equal(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined)
    return (a ?? null) === null && (b ?? null) === null && !(a === undefined && b === undefined);
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length && left.every(([key, value]) => key in b && equal(value, Reflect.get(b, key)))
  );
}

function compare(operator: string, a: unknown, b: unknown): boolean {
  const sameKind = (typeof a === "number" && typeof b === "number") || (typeof a === "string" && typeof b === "string");
  if (!sameKind) return false;
  const [left, right] = [a, b] as [number, number];
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left >= right;
}

function calculate(operator: string, a: unknown, b: unknown): unknown {
  if (operator === "+" && typeof a === "string" && typeof b === "string") return a + b;
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  if (operator === "+") return a + b;
  if (operator === "-") return a - b;
  if (operator === "*") return a * b;
  return operator === "/" ? a / b : a % b;
}

function member(target: unknown, key: unknown): unknown {
  if (target === null || typeof target !== "object") return undefined;
  if (typeof key !== "string" && typeof key !== "number") return undefined;
  return Object.hasOwn(target, key) ? Reflect.get(target, key) : undefined;
}

function binary(operator: string, left: Expression, right: Expression): Expression {
  if (operator === "&&") return (scope) => left(scope) === true && right(scope) === true;
  if (operator === "||") return (scope) => left(scope) === true || right(scope) === true;
  if (operator === "==") return (scope) => equal(left(scope), right(scope));
  if (operator === "!=") return (scope) => !equal(left(scope), right(scope));
  if (operator === "in") {
    return (scope) => {
      const [item, holder] = [left(scope), right(scope)];
      if (Array.isArray(holder)) return holder.some((each) => equal(each, item));
      return holder !== null && typeof holder === "object" && typeof item === "string" && Object.hasOwn(holder, item);
    };
  }
  if (operator in { "<": 0, "<=": 0, ">": 0, ">=": 0 }) return (scope) => compare(operator, left(scope), right(scope));
  return (scope) => calculate(operator, left(scope), right(scope));
}

class Parser {
  private at = 0;
  private readonly source: string;
  private readonly roots: readonly string[];
  private readonly tokens: readonly Token[];

  constructor(source: string, roots: readonly string[]) {
    this.source = source;
    this.roots = roots;
    this.tokens = tokenize(source);
  }

  parse(): Expression {
    const expression = this.ternary();
    if (this.peek().kind !== "end") this.refuse(`"${this.peek().text}" was not expected`);
    return expression;
  }

  private refuse(why: string): never {
    throw new ExpressionError(`The expression "${this.source}" is not supported: ${why}.`);
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { kind: "end", text: "the end" };
  }

  private take(text?: string): Token {
    const token = this.peek();
    if (text !== undefined && (token.kind === "text" || token.text !== text))
      this.refuse(`"${text}" was expected, not "${token.text}"`);
    this.at += 1;
    return token;
  }

  private follows(text: string): boolean {
    const token = this.peek();
    if (token.kind !== "mark" || token.text !== text) return false;
    this.at += 1;
    return true;
  }

  private ternary(): Expression {
    const condition = this.operation(1);
    if (!this.follows("?")) return condition;
    const yes = this.ternary();
    this.take(":");
    const no = this.ternary();
    return (scope) => (condition(scope) === true ? yes(scope) : no(scope));
  }

  private operation(floor: number): Expression {
    let left = this.unary();
    for (;;) {
      const token = this.peek();
      const precedence = token.kind === "mark" || token.text === "in" ? PRECEDENCE[token.text] : undefined;
      if (token.kind === "text" || precedence === undefined || precedence < floor) return left;
      this.at += 1;
      left = binary(token.text, left, this.operation(precedence + 1));
    }
  }

  private unary(): Expression {
    if (this.follows("!")) {
      const operand = this.unary();
      return (scope) => operand(scope) !== true;
    }
    if (this.follows("-")) {
      const operand = this.unary();
      return (scope) => calculate("-", 0, operand(scope));
    }
    return this.postfix(this.primary());
  }

  private primary(): Expression {
    const token = this.take();
    if (token.kind === "number") return () => Number(token.text);
    if (token.kind === "text") return () => token.text;
    if (token.kind === "mark" && token.text === "(") {
      const inner = this.ternary();
      this.take(")");
      return inner;
    }
    if (token.kind === "mark" && token.text === "[") {
      const items: Expression[] = [];
      while (!this.follows("]")) {
        items.push(this.ternary());
        if (!this.follows(",")) {
          this.take("]");
          break;
        }
      }
      return (scope) => items.map((item) => item(scope));
    }
    if (token.kind !== "name") this.refuse(`"${token.text}" was not expected`);
    if (token.text === "true" || token.text === "false") return () => token.text === "true";
    if (token.text === "null") return () => null;
    if (this.follows("(")) return this.call(token.text);
    if (!this.roots.includes(token.text))
      this.refuse(`"${token.text}" is unknown; it may speak of ${this.roots.join(" and ")}`);
    return (scope) => scope[token.text];
  }

  private call(name: string): Expression {
    const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (!apply) this.refuse(`the function ${name}() is lacking here`);
    const argument = this.ternary();
    this.take(")");
    return (scope) => apply(argument(scope));
  }

  private postfix(target: Expression): Expression {
    if (this.follows("[")) {
      const key = this.ternary();
      this.take("]");
      return this.postfix((scope) => member(target(scope), key(scope)));
    }
    if (!this.follows(".")) return target;
    const name = this.take();
    if (name.kind !== "name") this.refuse(`a name was expected after ".", not "${name.text}"`);
    if (!this.follows("(")) return this.postfix((scope) => member(target(scope), name.text));
    if (name.text === "size") {
      this.take(")");
      return this.postfix((scope) => sizeOf(target(scope)));
    }
    const method = Object.hasOwn(METHODS, name.text) ? METHODS[name.text] : undefined;
    if (!method) this.refuse(`the method ${name.text}() is lacking here`);
    const argument = this.ternary();
    this.take(")");
    return this.postfix((scope) => method(target(scope), argument(scope)));
  }
}

const compiled = new Map<string, Expression>();

/**
 * Compiles an expression once.
 * @param roots names it may speak of, e.g. `["event", "async"]`
 * @throws ExpressionError naming what is not supported
 */
export function compileExpression(source: string, roots: readonly string[]): Expression {
  const key = `${roots.join(",")}|${source}`;
  let expression = compiled.get(key);
  if (!expression) {
    expression = new Parser(source, roots).parse();
    if (compiled.size > 5_000) compiled.clear();
    compiled.set(key, expression);
  }
  return expression;
}

/** Whether an optional condition holds; an absent one always does. */
export function holds(source: string | null | undefined, roots: readonly string[], scope: Scope): boolean {
  return source === null || source === undefined || source === "" || compileExpression(source, roots)(scope) === true;
}

/** Value of a key expression as text; a missing value is its own group. */
export function keyOf(source: string | undefined, scope: Scope): string {
  if (source === undefined) return "";
  const value = compileExpression(source, ["event"])(scope);
  return value === undefined ? "null" : typeof value === "string" ? value : JSON.stringify(value);
}
