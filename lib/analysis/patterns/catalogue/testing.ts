import type { NodeId, SyntaxTree } from "../../syntax/syntax-tree";
import type { Pattern } from "../pattern";
import { argumentsOf, calleeName, calleePath, hasToken, receiverOf, shortText } from "../questions";
import { hasRustTestAttribute } from "../test-code";

const JS_CASE = /^(?:it|test)(?:\.(?:only|skip|concurrent|each|fails|todo))*$/;

/** Name and bases of a Python class, as far as they are short. */
const classHead = (t: SyntaxTree, type: NodeId): string =>
  `${shortText(t, t.child(type, "name"))} ${shortText(t, t.child(type, "superclasses"))}`;

export const TESTING: readonly Pattern[] = [
  {
    id: "test-case",
    name: "Test case",
    kind: "habit",
    concept: "testing",
    about: "One example of what the code promises, checked by a machine.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => JS_CASE.test(calleePath(t, n)) && t.is(argumentsOf(t, n)[0] ?? -1, "string", "template_string"),
        good: 'test("adds", () => {\n  expect(1 + 1).toBe(2);\n});',
        bad: "console.assert(1 + 1 === 2);",
      },
      python: {
        on: ["function_definition"],
        // A class of the product may well have a method `test_client`: in a class, only one that is itself a test has cases.
        when: (t, n) => {
          if (!shortText(t, t.child(n, "name")).startsWith("test")) return false;
          const decorated = t.parent(n);
          const block = t.is(decorated, "decorated_definition") ? t.parent(decorated) : decorated;
          const type = t.parent(block);
          return !t.is(type, "class_definition") || /Test/.test(classHead(t, type));
        },
        good: "def test_adds():\n    assert 1 + 1 == 2",
        bad: "def adds():\n    return 1 + 1 == 2",
      },
      go: {
        on: ["function_declaration"],
        when: (t, n) => /^(?:Test|Benchmark|Fuzz|Example)(?:[A-Z_]|$)/.test(shortText(t, t.child(n, "name"))),
        good: "package a\n\nfunc TestAdd(t *testing.T) {}",
        bad: "package a\n\nfunc add(a, b int) int { return a + b }",
      },
      java: {
        on: ["marker_annotation", "annotation"],
        when: (t, n) => /^(?:Test|ParameterizedTest|RepeatedTest)$/.test(shortText(t, t.child(n, "name"))),
        good: "class ATest {\n  @Test\n  void adds() {}\n}",
        bad: "class A {\n  void adds() {}\n}",
      },
      rust: {
        on: ["function_item"],
        when: (t, n) => hasRustTestAttribute(t, n),
        good: "#[test]\nfn adds() {\n    assert_eq!(1 + 1, 2);\n}",
        bad: "fn adds() -> u8 {\n    1 + 1\n}",
      },
    },
  },
  {
    id: "assertion",
    name: "Assertion",
    kind: "habit",
    concept: "testing",
    about: "Says what must be true here; fails loudly when it is not.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => /^(?:expect|assert)$/.test(calleePath(t, n)) || /^assert\.\w+$/.test(calleePath(t, n)),
        good: "expect(total(items)).toBe(3);",
        bad: "console.log(total(items));",
      },
      python: {
        on: ["assert_statement", "call"],
        when: (t, n) => t.is(n, "assert_statement") || /^self\.assert\w+$/.test(calleePath(t, n)),
        good: "def test_total():\n    assert total(items) == 3",
        bad: "def test_total():\n    print(total(items))",
      },
      go: {
        on: ["call_expression"],
        when: (t, n) => /^t\.(?:Error|Errorf|Fatal|Fatalf)$|^(?:assert|require)\.\w+$/.test(calleePath(t, n)),
        good: 'package a\n\nfunc TestTotal(t *testing.T) {\n\tif total() != 3 {\n\t\tt.Fatal("not three")\n\t}\n}',
        bad: "package a\n\nfunc TestTotal(t *testing.T) {\n\ttotal()\n}",
      },
      java: {
        on: ["method_invocation", "assert_statement"],
        when: (t, n) => t.is(n, "assert_statement") || /^assert(?:[A-Z]\w*)?$/.test(calleeName(t, n)),
        good: "class ATest {\n  @Test\n  void totals() {\n    assertEquals(3, total());\n  }\n}",
        bad: "class ATest {\n  @Test\n  void totals() {\n    total();\n  }\n}",
      },
      rust: {
        on: ["macro_invocation"],
        when: (t, n) => /^(?:debug_)?assert(?:_eq|_ne)?$/.test(calleePath(t, n)),
        good: "#[test]\nfn totals() {\n    assert_eq!(total(), 3);\n}",
        bad: "#[test]\nfn totals() {\n    total();\n}",
      },
    },
  },
  {
    id: "table-driven-test",
    name: "Table of cases",
    kind: "habit",
    concept: "table-driven-tests",
    about: "One test, many rows: a new case costs one line.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => /^(?:it|test|describe)\.each$/.test(calleePath(t, n)),
        good: 'test.each([[1, 2], [2, 4]])("doubles %i", (n, twice) => {\n  expect(n * 2).toBe(twice);\n});',
        bad: 'test("doubles 1", () => {\n  expect(1 * 2).toBe(2);\n});',
      },
      python: {
        on: ["decorator"],
        when: (t, n) => /^@(?:pytest\.)?mark\.parametrize\b/.test(t.textOf(n).slice(0, 40)),
        good: '@pytest.mark.parametrize("n, twice", [(1, 2), (2, 4)])\ndef test_doubles(n, twice):\n    assert n * 2 == twice',
        bad: "def test_doubles():\n    assert 1 * 2 == 2",
      },
      go: {
        on: ["call_expression"],
        when: (t, n, scopes) => calleePath(t, n) === "t.Run" && t.is(scopes.loopOf(n), "for_statement"),
        good: "package a\n\nfunc TestDouble(t *testing.T) {\n\tfor _, c := range cases {\n\t\tt.Run(c.name, func(t *testing.T) {})\n\t}\n}",
        bad: "package a\n\nfunc TestDouble(t *testing.T) {\n\tt.Run(name, func(t *testing.T) {})\n}",
      },
      java: {
        on: ["marker_annotation", "annotation"],
        when: (t, n) => shortText(t, t.child(n, "name")) === "ParameterizedTest",
        good: "class ATest {\n  @ParameterizedTest\n  @ValueSource(ints = {1, 2})\n  void doubles(int n) {}\n}",
        bad: "class ATest {\n  @Test\n  void doubles() {}\n}",
      },
    },
  },
  {
    id: "test-double",
    name: "Test double",
    kind: "habit",
    concept: "test-doubles",
    about: "Stands in for something slow or far away. Too many of them test the test, not the code.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => /^(?:vi|jest)\.(?:fn|mock|spyOn)$|^sinon\.(?:stub|spy|mock)$/.test(calleePath(t, n)),
        good: "const send = vi.fn();",
        bad: "const send = sendMail;",
      },
      python: {
        on: ["call"],
        when: (t, n) =>
          /^(?:unittest\.)?(?:mock\.)?(?:Mock|MagicMock|AsyncMock|patch|patch\.object)$|^mocker\.patch$|^monkeypatch\.\w+$/.test(
            calleePath(t, n),
          ),
        good: "send = Mock(return_value=1)",
        bad: "send = send_mail",
      },
      java: {
        on: ["method_invocation", "marker_annotation"],
        when: (t, n) =>
          t.is(n, "marker_annotation")
            ? /^(?:Mock|MockBean|Spy)$/.test(shortText(t, t.child(n, "name")))
            : /^(?:mock|spy)$/.test(calleeName(t, n)),
        good: "class ATest {\n  @Mock\n  Mailer mailer;\n}",
        bad: "class ATest {\n  Mailer mailer = new Mailer();\n}",
      },
    },
  },
  {
    id: "skipped-test",
    name: "Test put aside",
    kind: "risk",
    concept: "testing",
    about: "A test that does not run promises nothing; focusing one puts all the others aside.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) =>
          /^(?:it|test|describe)\.(?:only|skip|todo)$|^(?:xit|xdescribe|fit|fdescribe)$/.test(calleePath(t, n)),
        good: 'test("adds", () => {});',
        bad: 'test.skip("adds", () => {});',
      },
      python: {
        on: ["decorator"],
        when: (t, n) => /^@(?:pytest\.mark\.(?:skip|skipif|xfail)|unittest\.skip)\b/.test(t.textOf(n).slice(0, 60)),
        good: "def test_adds():\n    assert 1 + 1 == 2",
        bad: "@pytest.mark.skip\ndef test_adds():\n    assert 1 + 1 == 2",
      },
      go: {
        on: ["call_expression"],
        when: (t, n) => /^[tb]\.(?:Skip|Skipf|SkipNow)$/.test(calleePath(t, n)),
        good: "package a\n\nfunc TestAdd(t *testing.T) {\n\tadd(t)\n}",
        bad: 'package a\n\nfunc TestAdd(t *testing.T) {\n\tt.Skip("later")\n}',
      },
      java: {
        on: ["marker_annotation", "annotation"],
        when: (t, n) => /^(?:Disabled|Ignore)$/.test(shortText(t, t.child(n, "name"))),
        good: "class ATest {\n  @Test\n  void adds() {}\n}",
        bad: "class ATest {\n  @Disabled\n  @Test\n  void adds() {}\n}",
      },
      rust: {
        on: ["attribute_item"],
        when: (t, n) => /^#\[ignore\b/.test(t.textOf(n).slice(0, 12)),
        good: "#[test]\nfn adds() {}",
        bad: "#[test]\n#[ignore]\nfn adds() {}",
      },
    },
  },
  {
    id: "schema-validation",
    name: "Input checked by a schema",
    kind: "habit",
    concept: "input-validation",
    about: "Says once what outside data must look like; what is past it can be trusted.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) =>
          /^(?:z|v|yup|Joi|t)\.(?:object|strictObject|looseObject|array|discriminatedUnion)$/.test(calleePath(t, n)) ||
          calleeName(t, n) === "safeParse",
        good: "const userSchema = z.object({ name: z.string() });",
        bad: "interface User {\n  name: string;\n}",
      },
      python: {
        on: ["class_definition", "call"],
        when: (t, n) =>
          t.is(n, "class_definition")
            ? /\b(?:BaseModel|BaseSettings|Serializer|ModelSerializer)\b/.test(shortText(t, t.child(n, "superclasses")))
            : /^(?:model_validate|model_validate_json|TypeAdapter)$/.test(calleeName(t, n)),
        good: "class User(BaseModel):\n    name: str",
        bad: "class User:\n    name: str",
      },
      java: {
        on: ["marker_annotation", "annotation"],
        when: (t, n) =>
          /^(?:Valid|Validated|NotNull|NotBlank|NotEmpty|Size|Min|Max|Email)$/.test(shortText(t, t.child(n, "name"))),
        good: "record User(@NotBlank String name) {}",
        bad: "record User(String name) {}",
      },
    },
  },
  {
    id: "argument-check",
    name: "Argument checked first",
    kind: "habit",
    concept: "input-validation",
    about: "Refuses what it cannot work with, with an error that names it, before anything has happened.",
    rules: {
      javascript: {
        on: ["throw_statement"],
        when: (t, n) => /^(?:TypeError|RangeError)$/.test(shortText(t, t.child(t.firstNamed(n), "constructor"))),
        good: 'function half(n: number) {\n  if (n < 0) throw new RangeError("negative");\n  return n / 2;\n}',
        bad: "function half(n: number) {\n  return n / 2;\n}",
      },
      python: {
        on: ["raise_statement"],
        when: (t, n) =>
          /^(?:ValueError|TypeError)$/.test(
            t.is(t.firstNamed(n), "call") ? calleePath(t, t.firstNamed(n)) : shortText(t, t.firstNamed(n)),
          ),
        good: 'def half(n):\n    if n < 0:\n        raise ValueError("negative")\n    return n / 2',
        bad: "def half(n):\n    return n / 2",
      },
      java: {
        on: ["object_creation_expression", "method_invocation"],
        when: (t, n) =>
          shortText(t, t.child(n, "type")) === "IllegalArgumentException" ||
          /^(?:requireNonNull|checkArgument|checkNotNull)$/.test(calleeName(t, n)),
        good: "class A {\n  A(Db db) {\n    this.db = Objects.requireNonNull(db);\n  }\n}",
        bad: "class A {\n  A(Db db) {\n    this.db = db;\n  }\n}",
      },
    },
  },
  {
    id: "assert-for-input",
    name: "Assert as a check",
    kind: "risk",
    concept: "input-validation",
    about: "`assert` vanishes with -O: what it guarded is then unguarded.",
    rules: {
      python: {
        on: ["assert_statement"],
        when: (t, n, scopes) => {
          const name = shortText(t, t.child(scopes.functionOf(n), "name"));
          return name !== "" && !/^test|^assert|^check/.test(name) && !hasToken(t, n, "False");
        },
        good: 'def half(n):\n    if n < 0:\n        raise ValueError("negative")\n    return n / 2',
        bad: "def half(n):\n    assert n >= 0\n    return n / 2",
      },
    },
  },
  {
    id: "json-trusted",
    name: "Parsed JSON taken on trust",
    kind: "risk",
    concept: "input-validation",
    about: "The text may be anything: a type written on it checks nothing. Parse it, then check it.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) =>
          calleePath(t, n) === "JSON.parse" &&
          receiverOf(t, n) >= 0 &&
          t.is(t.parent(n), "as_expression", "variable_declarator", "member_expression"),
        good: "const user = userSchema.parse(JSON.parse(text));",
        bad: "const user = JSON.parse(text) as User;",
      },
    },
  },
];
