/** What there is to learn about a concept, as questions and tasks on three of Bloom's levels. */
interface Concept {
  readonly title: string;
  readonly understand: string;
  readonly apply: string;
  readonly evaluate: string;
}

/**
 * The concepts that patterns teach. A slug is kept in results, in recommendations and in lessons: it may be added,
 * never changed.
 */
export const CONCEPTS = {
  "async-await": {
    title: "Async and await",
    understand: "What does a function do while it awaits?",
    apply: "Rewrite a chain of callbacks with await.",
    evaluate: "When is await the wrong tool?",
  },
  "concurrent-waiting": {
    title: "Waiting for several things",
    understand: "Why do two awaits in a row take longer than one for both?",
    apply: "Run independent requests together, with a limit.",
    evaluate: "Which of these awaits have to stay in order?",
  },
  promises: {
    title: "Promises",
    understand: "Which three states has a promise, and which steps lead between them?",
    apply: "Wrap an event in a promise that also fails.",
    evaluate: "Chain or await: which reads better here?",
  },
  "promise-errors": {
    title: "Errors of promises",
    understand: "Where does the error of a promise go that nobody awaits?",
    apply: "Give a fire-and-forget call a handler.",
    evaluate: "Which of these unhandled rejections may end the process?",
  },
  "async-iteration": {
    title: "Iterating asynchronously",
    understand: "Who decides how fast values come in an asynchronous loop?",
    apply: "Read a large file line by line.",
    evaluate: "Stream or load at once: what speaks for each?",
  },
  cancellation: {
    title: "Cancellation and time limits",
    understand: "What happens to work whose caller has gone away?",
    apply: "Pass a signal or context down to the slowest call.",
    evaluate: "Which of these operations must not be cancelled half-way?",
  },
  "error-handling": {
    title: "Handling errors",
    understand: "What is run after an error is thrown, and what is not?",
    apply: "Handle a failure where something can be done about it.",
    evaluate: "Which of these catches hide a fault?",
  },
  "precise-errors": {
    title: "Catching precisely",
    understand: "What else does catching everything catch?",
    apply: "Narrow a catch to the errors that are expected.",
    evaluate: "Where is a broad catch right?",
  },
  "error-causes": {
    title: "Errors with causes",
    understand: "What does the reader of a log need to find the cause?",
    apply: "Wrap an error and keep the original.",
    evaluate: "Which layer should add context, which should not?",
  },
  "custom-errors": {
    title: "Error types",
    understand: "How does a caller tell two failures apart?",
    apply: "Define an error with the data its handler needs.",
    evaluate: "When is a new error type one too many?",
  },
  "error-values": {
    title: "Errors as values",
    understand: "How is an error different from an exception when it is a value?",
    apply: "Return the error with context instead of dropping it.",
    evaluate: "When may an error be ignored on purpose?",
  },
  "resource-handling": {
    title: "Closing what was opened",
    understand: "When is a resource closed if the code in between fails?",
    apply: "Tie a file or lock to a scope.",
    evaluate: "Who owns this resource, and who closes it?",
  },
  iteration: {
    title: "Iteration",
    understand: "What can go wrong with an index that cannot with an element?",
    apply: "Replace an index loop by one over elements.",
    evaluate: "When is the index needed after all?",
  },
  "higher-order-functions": {
    title: "Higher-order functions",
    understand: "What does map promise about its result?",
    apply: "Turn a loop into filter and map.",
    evaluate: "Pipeline or loop: which is clearer here, and why?",
  },
  comprehensions: {
    title: "Comprehensions",
    understand: "In which order are the parts of a comprehension run?",
    apply: "Write a loop that appends as a comprehension.",
    evaluate: "When does a comprehension get too clever?",
  },
  generators: {
    title: "Generators",
    understand: "When is the body of a generator run?",
    apply: "Write an endless sequence and take ten of it.",
    evaluate: "What does laziness cost when something fails?",
  },
  closures: {
    title: "Closures",
    understand: "Which variables does an inner function see, and when?",
    apply: "Use a closure to keep a counter.",
    evaluate: "What does this closure keep alive?",
  },
  recursion: {
    title: "Recursion",
    understand: "Which two parts does every recursion need?",
    apply: "Walk a tree recursively.",
    evaluate: "How deep may the input be before the stack ends?",
  },
  "efficient-text": {
    title: "Building text",
    understand: "Why does adding to a text in a loop cost more each time?",
    apply: "Collect parts and join them once.",
    evaluate: "From which size on does it matter?",
  },
  "function-parameters": {
    title: "Parameters",
    understand: "When is a default value made?",
    apply: "Group six parameters into one value.",
    evaluate: "Which of these parameters should be named at the call?",
  },
  destructuring: {
    title: "Destructuring",
    understand: "What happens when the part is missing?",
    apply: "Take the needed parts from a nested value.",
    evaluate: "When does taking apart hide where a value came from?",
  },
  "control-flow": {
    title: "Control flow",
    understand: "What does an early return save the reader?",
    apply: "Flatten nested conditions with guard clauses.",
    evaluate: "Which exits of this function are easy to miss?",
  },
  "pattern-matching": {
    title: "Pattern matching",
    understand: "How does a match differ from a chain of ifs?",
    apply: "Match on the shape of a message.",
    evaluate: "What happens when a new case is added?",
  },
  "type-safety": {
    title: "Type safety",
    understand: "What does the checker no longer know after a cast?",
    apply: "Replace any by unknown and a check.",
    evaluate: "Which of these assertions can be proved?",
  },
  "null-safety": {
    title: "Missing values",
    understand: "Where do missing values come from?",
    apply: "Put absence in the type and handle it once.",
    evaluate: "Default, error or pass on: which fits here?",
  },
  generics: {
    title: "Generics",
    understand: "What does a type parameter tie together?",
    apply: "Make a function generic over its elements.",
    evaluate: "When does a type parameter say nothing?",
  },
  "type-annotations": {
    title: "Type annotations",
    understand: "Who reads an annotation?",
    apply: "Annotate a public function so that a checker can help.",
    evaluate: "Which annotations only repeat what is inferred?",
  },
  enumerations: {
    title: "Closed choices",
    understand: "What can a tool check when the choices are closed?",
    apply: "Replace loose text by a closed set.",
    evaluate: "What breaks when a choice is added?",
  },
  "type-narrowing": {
    title: "Narrowing types",
    understand: "What does the checker know after the test?",
    apply: "Narrow a value before its use.",
    evaluate: "Would another design need no test?",
  },
  equality: {
    title: "Equality",
    understand: "What do the two kinds of equality compare?",
    apply: "Compare without conversion.",
    evaluate: "When is identity the right question?",
  },
  scope: {
    title: "Scope",
    understand: "Where can this name be seen?",
    apply: "Move a declaration to where it is used.",
    evaluate: "Which names live longer than they should?",
  },
  immutability: {
    title: "Immutability",
    understand: "What may a caller rely on when a value cannot change?",
    apply: "Change a copy instead of the original.",
    evaluate: "What does copying cost here, and is it worth it?",
  },
  modules: {
    title: "Modules",
    understand: "What does an import promise, and when is it run?",
    apply: "Import only the names that are used.",
    evaluate: "Which of these modules know too much about each other?",
  },
  "global-state": {
    title: "Global state",
    understand: "Who may change a global, and in which order?",
    apply: "Turn a global into an argument.",
    evaluate: "Which shared state is harmless?",
  },
  "dependency-injection": {
    title: "Dependency injection",
    understand: "What does a function need, and who gives it?",
    apply: "Hand a collaborator in through the constructor.",
    evaluate: "Which dependencies are not worth handing in?",
  },
  inheritance: {
    title: "Inheritance",
    understand: "What does a subclass promise?",
    apply: "Replace inheritance by a member.",
    evaluate: "Does this subclass keep what its base promises?",
  },
  interfaces: {
    title: "Interfaces",
    understand: "What may a caller know about an implementation?",
    apply: "Define the smallest interface a caller needs.",
    evaluate: "One implementation only: is the interface worth it?",
  },
  encapsulation: {
    title: "Encapsulation",
    understand: "What can change behind a private member?",
    apply: "Hide a field behind an operation.",
    evaluate: "Which of these public parts were never meant to be?",
  },
  decorators: {
    title: "Decorators",
    understand: "When is a decorator run?",
    apply: "Write a decorator that measures time.",
    evaluate: "What does this decorator hide from the reader?",
  },
  "data-modelling": {
    title: "Modelling data",
    understand: "What makes two values equal?",
    apply: "Replace a loose map by a type with named parts.",
    evaluate: "Which states can this type hold that make no sense?",
  },
  concurrency: {
    title: "Concurrency",
    understand: "In which orders can two workers run?",
    apply: "Start work, wait for its end and take its error.",
    evaluate: "What happens to this work when the program stops?",
  },
  "message-passing": {
    title: "Message passing",
    understand: "Who owns a value after it was sent?",
    apply: "Connect a producer and a consumer.",
    evaluate: "What happens when the consumer is slower?",
  },
  "mutual-exclusion": {
    title: "Locks",
    understand: "What does a lock protect?",
    apply: "Hold a lock for a scope only.",
    evaluate: "Can these two locks wait for each other?",
  },
  "memory-safety": {
    title: "Memory safety",
    understand: "Which promises does unsafe code make itself?",
    apply: "Put unsafe code behind a safe function.",
    evaluate: "Is this block sound for every input?",
  },
  testing: {
    title: "Tests",
    understand: "What does a failing test tell?",
    apply: "Write a test that fails before the change.",
    evaluate: "Which fault would none of these tests find?",
  },
  "table-driven-tests": {
    title: "Table-driven tests",
    understand: "What stays the same in each row?",
    apply: "Turn three similar tests into a table.",
    evaluate: "When does a table hide what is tested?",
  },
  "test-doubles": {
    title: "Test doubles",
    understand: "What is the difference between a stub and a mock?",
    apply: "Replace a slow collaborator in a test.",
    evaluate: "Does this test check the code or the double?",
  },
  "input-validation": {
    title: "Checking input",
    understand: "Which data comes from outside?",
    apply: "Check a request with a schema at the edge.",
    evaluate: "Where is the same thing checked twice, or never?",
  },
  logging: {
    title: "Logging",
    understand: "Who reads the log, and when?",
    apply: "Log an event with a level and data.",
    evaluate: "Which of these lines hold something secret?",
  },
  sql: {
    title: "SQL from code",
    understand: "How does a parameter travel to the database?",
    apply: "Rewrite a statement with parameters.",
    evaluate: "Can any part of this statement be chosen by a user?",
  },
  "query-batching": {
    title: "Queries in bulk",
    understand: "How many journeys does this loop make?",
    apply: "Ask once for all rows.",
    evaluate: "From how many rows on does it matter?",
  },
  transactions: {
    title: "Transactions",
    understand: "What do others see in the middle of a transaction?",
    apply: "Put two dependent changes into one transaction.",
    evaluate: "What must not happen inside a transaction?",
  },
  http: {
    title: "Talking HTTP",
    understand: "Which answers mean try again?",
    apply: "Send a request and handle each kind of failure.",
    evaluate: "Is it safe to repeat this request?",
  },
  timeouts: {
    title: "Time limits",
    understand: "What happens without a limit when the other side hangs?",
    apply: "Give a request a time limit.",
    evaluate: "How long is long enough here?",
  },
} as const satisfies Readonly<Record<string, Concept>>;

export type ConceptSlug = keyof typeof CONCEPTS;
