import type { NodeId, SyntaxTree } from "../../syntax/syntax-tree";
import type { Pattern } from "../pattern";
import { argumentsOf, calleeName, calleePath, hasToken, receiverOf, shortText } from "../questions";

/** The statement behind a lock, passing what cannot fail: comments and declarations without a value. */
function afterLock(t: SyntaxTree, lock: NodeId): NodeId {
  let next = t.next(lock);
  for (let step = 0; step < 8 && next >= 0 && !mayFail(t, next); step += 1) next = t.next(next);
  return next;
}

function mayFail(t: SyntaxTree, node: NodeId): boolean {
  if (!t.isNamed(node) || t.isComment(node)) return false;
  return !t.is(node, "local_variable_declaration") || t.child(t.child(node, "declarator"), "value") >= 0;
}

export const CONCURRENCY: readonly Pattern[] = [
  {
    id: "start-concurrent-work",
    name: "Starting work beside this one",
    kind: "habit",
    concept: "concurrency",
    about: "Goroutine, thread, task or worker: from here on two things happen in an order that nobody fixed.",
    rules: {
      javascript: {
        on: ["new_expression"],
        when: (t, n) => /^(?:Worker|SharedWorker)$/.test(shortText(t, t.child(n, "constructor"))),
        good: 'const worker = new Worker("./count.js");',
        bad: 'import { count } from "./count";',
      },
      python: {
        on: ["call"],
        when: (t, n) =>
          /^(?:threading\.)?Thread$|^(?:multiprocessing\.)?Process$|^asyncio\.(?:create_task|ensure_future|to_thread)$|^(?:concurrent\.futures\.)?(?:Thread|Process)PoolExecutor$/.test(
            calleePath(t, n),
          ),
        good: "async def run():\n    task = asyncio.create_task(load())\n    await task",
        bad: "async def run():\n    await load()",
      },
      go: {
        on: ["go_statement"],
        good: "package a\n\nfunc f() {\n\tgo load()\n}",
        bad: "package a\n\nfunc f() {\n\tload()\n}",
      },
      java: {
        on: ["object_creation_expression", "method_invocation"],
        when: (t, n) =>
          shortText(t, t.child(n, "type")) === "Thread" ||
          /^(?:supplyAsync|runAsync|startVirtualThread|newFixedThreadPool|newVirtualThreadPerTaskExecutor)$/.test(
            calleeName(t, n),
          ),
        good: "class A {\n  void f() {\n    CompletableFuture.supplyAsync(this::load);\n  }\n}",
        bad: "class A {\n  void f() {\n    load();\n  }\n}",
      },
      rust: {
        on: ["call_expression"],
        when: (t, n) =>
          /^(?:std::)?thread::spawn$|^(?:tokio|task|tokio::task)::spawn(?:_blocking)?$/.test(calleePath(t, n)),
        good: "fn f() {\n    thread::spawn(load);\n}",
        bad: "fn f() {\n    load();\n}",
      },
    },
  },
  {
    id: "message-passing",
    name: "Passing messages",
    kind: "habit",
    concept: "message-passing",
    about: "Hands values from one worker to another instead of letting both touch the same memory.",
    rules: {
      python: {
        on: ["call"],
        when: (t, n) =>
          /^(?:queue|asyncio|multiprocessing)\.(?:Queue|SimpleQueue|LifoQueue|PriorityQueue)$|^Queue$/.test(
            calleePath(t, n),
          ),
        good: "jobs = queue.Queue()\njobs.put(1)",
        bad: "jobs = []\njobs.append(1)",
      },
      go: {
        on: ["send_statement"],
        good: "package a\n\nfunc f(jobs chan int) {\n\tjobs <- 1\n}",
        bad: "package a\n\nfunc f(jobs []int) {\n\tjobs[0] = 1\n}",
      },
      java: {
        on: ["object_creation_expression"],
        when: (t, n) => /BlockingQueue\b|BlockingDeque\b/.test(shortText(t, t.child(n, "type"))),
        good: "class A {\n  BlockingQueue<Job> jobs = new LinkedBlockingQueue<>();\n}",
        bad: "class A {\n  List<Job> jobs = new ArrayList<>();\n}",
      },
      rust: {
        on: ["call_expression"],
        when: (t, n) =>
          /(?:^|::)(?:mpsc|oneshot|broadcast|watch|crossbeam_channel)::(?:channel|sync_channel|unbounded_channel|bounded|unbounded)$/.test(
            calleePath(t, n),
          ),
        good: "fn f() {\n    let (tx, rx) = mpsc::channel();\n}",
        bad: "fn f() {\n    let jobs = Vec::new();\n}",
      },
    },
  },
  {
    id: "mutual-exclusion",
    name: "One at a time",
    kind: "habit",
    concept: "mutual-exclusion",
    about: "A lock: only one worker is inside at a time.",
    rules: {
      python: {
        on: ["with_item"],
        when: (t, n) => /lock|mutex|semaphore/i.test(shortText(t, t.firstNamed(n))),
        good: "with self.lock:\n    self.count += 1",
        bad: "self.count += 1",
      },
      go: {
        on: ["call_expression"],
        when: (t, n) => /^R?Lock$/.test(calleeName(t, n)) && receiverOf(t, n) >= 0 && argumentsOf(t, n).length === 0,
        good: "package a\n\nfunc (c *C) Add() {\n\tc.mu.Lock()\n\tdefer c.mu.Unlock()\n\tc.n++\n}",
        bad: "package a\n\nfunc (c *C) Add() {\n\tc.n++\n}",
      },
      java: {
        on: ["synchronized_statement", "modifiers", "method_invocation"],
        when: (t, n) =>
          t.is(n, "synchronized_statement") ||
          (t.is(n, "modifiers")
            ? hasToken(t, n, "synchronized")
            : calleeName(t, n) === "lock" && receiverOf(t, n) >= 0 && argumentsOf(t, n).length === 0),
        good: "class C {\n  synchronized void add() {\n    n++;\n  }\n}",
        bad: "class C {\n  void add() {\n    n++;\n  }\n}",
      },
      rust: {
        on: ["call_expression"],
        when: (t, n) => calleeName(t, n) === "lock" && receiverOf(t, n) >= 0 && argumentsOf(t, n).length === 0,
        good: "fn f(n: &Mutex<u8>) -> u8 {\n    n.lock().map(|v| *v).unwrap_or(0)\n}",
        bad: "fn f(n: &u8) -> u8 {\n    *n\n}",
      },
    },
  },
  {
    id: "lock-without-guard",
    name: "Lock that may stay locked",
    kind: "risk",
    concept: "mutual-exclusion",
    about: "Between locking and the certain unlocking something may fail or return: then the lock is held for ever.",
    rules: {
      python: {
        on: ["expression_statement"],
        when: (t, n) => {
          const call = t.firstNamed(n);
          return (
            t.is(call, "call") &&
            calleeName(t, call) === "acquire" &&
            receiverOf(t, call) >= 0 &&
            !t.is(afterLock(t, n), "try_statement")
          );
        },
        good: "with lock:\n    count()",
        bad: "lock.acquire()\ncount()\nlock.release()",
      },
      go: {
        on: ["expression_statement"],
        when: (t, n) => {
          const call = t.firstNamed(n);
          if (
            !t.is(call, "call_expression") ||
            !/^R?Lock$/.test(calleeName(t, call)) ||
            argumentsOf(t, call).length > 0
          )
            return false;
          return !t.is(afterLock(t, n), "defer_statement");
        },
        good: "package a\n\nfunc (c *C) Add() {\n\tc.mu.Lock()\n\tdefer c.mu.Unlock()\n\tc.n++\n}",
        bad: "package a\n\nfunc (c *C) Add() {\n\tc.mu.Lock()\n\tc.n++\n\tc.mu.Unlock()\n}",
      },
      java: {
        on: ["expression_statement"],
        when: (t, n) => {
          const call = t.firstNamed(n);
          return (
            t.is(call, "method_invocation") &&
            calleeName(t, call) === "lock" &&
            receiverOf(t, call) >= 0 &&
            argumentsOf(t, call).length === 0 &&
            !t.is(afterLock(t, n), "try_statement")
          );
        },
        good: "class C {\n  void add() {\n    lock.lock();\n    try {\n      n++;\n    } finally {\n      lock.unlock();\n    }\n  }\n}",
        bad: "class C {\n  void add() {\n    lock.lock();\n    n++;\n    lock.unlock();\n  }\n}",
      },
    },
  },
  {
    id: "unsafe-code",
    name: "Unsafe code",
    kind: "risk",
    concept: "memory-safety",
    about: "The compiler's guarantees end here; the author's begin. Keep it small and say why it is sound.",
    rules: {
      go: {
        on: ["selector_expression"],
        when: (t, n) => t.textOf(t.child(n, "operand")) === "unsafe",
        good: "package a\n\nfunc f(b []byte) string { return string(b) }",
        bad: "package a\n\nfunc f(b []byte) string { return *(*string)(unsafe.Pointer(&b)) }",
      },
      rust: {
        on: ["unsafe_block"],
        good: "fn f(b: &[u8]) -> Option<&u8> {\n    b.first()\n}",
        bad: "fn f(b: &[u8]) -> u8 {\n    unsafe { *b.get_unchecked(0) }\n}",
      },
    },
  },
  {
    id: "scoped-resource",
    name: "Resource that closes itself",
    kind: "habit",
    concept: "resource-handling",
    about: "Closed at the end of the block or function whatever happens in it.",
    rules: {
      python: {
        on: ["with_statement"],
        good: 'with open("a.txt") as file:\n    show(file.read())',
        bad: 'file = open("a.txt")\nshow(file.read())\nfile.close()',
      },
      go: {
        on: ["defer_statement"],
        good: "package a\n\nfunc f(file *os.File) {\n\tdefer file.Close()\n\tshow(file)\n}",
        bad: "package a\n\nfunc f(file *os.File) {\n\tshow(file)\n\tfile.Close()\n}",
      },
      java: {
        on: ["try_with_resources_statement"],
        good: "class A {\n  void f() throws IOException {\n    try (var in = open()) {\n      show(in);\n    }\n  }\n}",
        bad: "class A {\n  void f() throws IOException {\n    var in = open();\n    show(in);\n    in.close();\n  }\n}",
      },
      rust: {
        on: ["impl_item"],
        when: (t, n) => shortText(t, t.child(n, "trait")) === "Drop",
        good: "impl Drop for Lease {\n    fn drop(&mut self) {\n        self.end();\n    }\n}",
        bad: "impl Lease {\n    fn close(&mut self) {\n        self.end();\n    }\n}",
      },
    },
  },
  {
    id: "open-without-close",
    name: "Opened by hand",
    kind: "risk",
    concept: "resource-handling",
    about: "When something fails before the line that closes it, the file or connection stays open.",
    rules: {
      python: {
        on: ["assignment"],
        when: (t, n) => calleePath(t, t.child(n, "right")) === "open",
        good: 'with open("a.txt") as file:\n    show(file.read())',
        bad: 'file = open("a.txt")\nshow(file.read())',
      },
      java: {
        on: ["variable_declarator"],
        when: (t, n) =>
          /^(?:File(?:Input|Output)Stream|File(?:Reader|Writer)|Socket|Buffered(?:Reader|Writer)|Scanner)$/.test(
            shortText(t, t.child(t.child(n, "value"), "type")),
          ),
        good: 'class A {\n  void f() throws IOException {\n    try (var in = new FileReader("a")) {\n      show(in);\n    }\n  }\n}',
        bad: 'class A {\n  void f() throws IOException {\n    var in = new FileReader("a");\n    show(in);\n  }\n}',
      },
    },
  },
  {
    id: "defer-in-loop",
    name: "Defer inside a loop",
    kind: "risk",
    concept: "resource-handling",
    about: "Runs when the function ends, not the round: all rounds' resources stay open until then.",
    rules: {
      go: {
        on: ["defer_statement"],
        when: (_, n, scopes) => scopes.loopOf(n) >= 0,
        good: "package a\n\nfunc f(files []*os.File) {\n\tfor _, file := range files {\n\t\tfunc() {\n\t\t\tdefer file.Close()\n\t\t}()\n\t}\n}",
        bad: "package a\n\nfunc f(files []*os.File) {\n\tfor _, file := range files {\n\t\tdefer file.Close()\n\t}\n}",
      },
    },
  },
];
