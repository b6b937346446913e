import { expect, test } from "vitest";
import { createParser } from "../syntax/parser";
import { functionsOf } from "./functions";

const parser = await createParser();

function measured(language: string, text: string) {
  const parsed = parser.parse({ language, text, bytes: text.length });
  if (!parsed.ok) throw new Error(`not parsed: ${parsed.why}`);
  return functionsOf(parsed.tree).map(({ name, cyclomatic, cognitive }) => [name, cyclomatic, cognitive]);
}

/** Counted by hand; the comments give each line's part of the cognitive complexity. */
const COUNTED: readonly { name: string; language: string; text: string; expected: unknown[] }[] = [
  {
    name: "sumOfPrimes of the white paper (cognitive 7)",
    language: "Java",
    text: `class A {
  int sumOfPrimes(int max) {
    int total = 0;
    OUT: for (int i = 1; i <= max; ++i) { // +1
      for (int j = 2; j < i; ++j) {       // +2
        if (i % j == 0) {                 // +3
          continue OUT;                   // +1
        }
      }
      total += i;
    }
    return total;
  }
}`,
    expected: [["A.sumOfPrimes", 4, 7]],
  },
  {
    name: "getWords of the white paper (cognitive 1)",
    language: "Java",
    text: `class A {
  String getWords(int number) {
    switch (number) { // +1
      case 1: return "one";
      case 2: return "a couple";
      case 3: return "a few";
      default: return "lots";
    }
  }
}`,
    expected: [["A.getWords", 4, 1]],
  },
  {
    name: "runs of logical operators of the white paper",
    language: "JavaScript",
    text: `function a() {
  if (a && b && c || d || e && f) x(); // +1 for if, +3 for && || &&
}
function b() {
  if (a && !(b && c)) x(); // +1 for if, +2
}
function c() {
  return a || b && c || d; // +3
}`,
    expected: [
      ["a", 7, 4],
      ["b", 4, 3],
      ["c", 4, 3],
    ],
  },
  {
    name: "else if and else cost one each, whatever the nesting, and do not nest one another",
    language: "TypeScript",
    text: `function f(x: number) {
  while (x) {            // +1
    if (x === 1) one();  // +2
    else if (x === 2) {  // +1
      if (y) two();      // +3
    } else if (x === 3) three(); // +1
    else {               // +1
      try { four(); }
      catch (e) { five(); } // +3
    }
  }
}`,
    expected: [["f", 7, 12]],
  },
  {
    name: "a nested function counts for the one round it, one level deeper",
    language: "JavaScript",
    text: `function outer() {
  if (a) {                 // +1
    list.map((x) => {
      return x ? 1 : 2;    // +3 for outer (if, function), +1 for the arrow function itself
    });
  }
}`,
    expected: [
      ["outer", 2, 4],
      ["(anonymous)", 2, 1],
    ],
  },
  {
    name: "recursion costs one, however often",
    language: "JavaScript",
    text: `const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2);`,
    expected: [["fib", 2, 2]],
  },
  {
    name: "?? and ?. are shorthand",
    language: "TypeScript",
    text: `function f(a?: A) { return a?.b ?? 1; }`,
    expected: [["f", 1, 0]],
  },
  {
    name: "Python: elif, for … else, except, conditional expression, comprehension",
    language: "Python",
    text: `def f(xs):
    for x in xs:             # +1
        if x == 1:           # +2
            one()
        elif x == 2:         # +1
            two()
        else:                # +1
            three()
    else:                    # +1
        four()
    try:
        five()
    except (A, B):           # +1
        six()
    y = 1 if xs else 2       # +1
    return [z for z in xs if z and y]  # +1 for and

class C:
    def g(self):
        return self.g()      # +1
`,
    expected: [
      ["f", 9, 9],
      ["C.g", 1, 1],
    ],
  },
  {
    name: "Go: if with else, switch, select, labelled continue",
    language: "Go",
    text: `package a

func (s *S) Run(xs []int) {
outer:
	for _, x := range xs { // +1
		switch x { // +2
		case 1:
			if a || b { // +3, +1
				continue outer // +1
			} else { // +1
				c()
			}
		default:
		}
	}
	s.Run(nil) // +1
}
`,
    expected: [["Run", 5, 10]],
  },
  {
    name: "Rust: match, if let, loop, break with a label, ?",
    language: "Rust",
    text: `impl S {
    fn run(&self, x: Option<u8>) -> Result<u8, E> {
        let y = match x { // +1
            Some(1) => 1,
            Some(_) => if a { 2 } else { 3 }, // +2, +1
            _ => 0,
        };
        'out: loop { // +1
            if let Some(z) = next()? { // +2
                break 'out; // +1
            }
        }
        Ok(y)
    }
}
`,
    expected: [["S.run", 6, 8]],
  },
];

test.each(COUNTED)("$name", ({ language, text, expected }) => {
  expect(measured(language, text)).toEqual(expected);
});

test("functions nested ten thousand deep are measured", () => {
  const depth = 10_000;
  const found = measured("JavaScript", `${"() => { if (a) ".repeat(depth)}b();${"}".repeat(depth)}`);
  expect(found).toHaveLength(depth);
  expect(found.at(-1)).toEqual(["(anonymous)", 2, 1]);
});
