import type { Pattern } from "../pattern";
import { argumentsOf, calleeName, calleePath, hasToken, receiverOf } from "../questions";

export const ASYNCHRONOUS: readonly Pattern[] = [
  {
    id: "async-await",
    name: "Await",
    kind: "habit",
    concept: "async-await",
    about: "Waits for a result without blocking; the code reads from top to bottom and errors travel as usual.",
    rules: {
      javascript: {
        on: ["await_expression"],
        good: "async function load(id: string) {\n  const user = await find(id);\n  return user.name;\n}",
        bad: "function load(id: string) {\n  return find(id).then((user) => user.name);\n}",
      },
      python: {
        on: ["await"],
        good: "async def load(id):\n    user = await find(id)\n    return user.name",
        bad: "def load(id):\n    user = find(id).result()\n    return user.name",
      },
      rust: {
        on: ["await_expression"],
        good: "async fn load(id: u32) -> String {\n    find(id).await.name\n}",
        bad: "fn load(id: u32) -> String {\n    block_on(find(id)).name\n}",
      },
    },
  },
  {
    id: "concurrent-awaits",
    name: "Waiting for several things together",
    kind: "habit",
    concept: "concurrent-waiting",
    about: "Independent waits run side by side, so the whole takes as long as the slowest, not as the sum.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => /^Promise\.(?:all|allSettled)$/.test(calleePath(t, n)),
        good: "const [a, b] = await Promise.all([loadA(), loadB()]);",
        bad: "const a = await loadA();\nconst b = await loadB();",
      },
      python: {
        on: ["call"],
        when: (t, n) => /^(?:asyncio\.gather|asyncio\.TaskGroup|anyio\.create_task_group)$/.test(calleePath(t, n)),
        good: "async def both():\n    return await asyncio.gather(load_a(), load_b())",
        bad: "async def both():\n    a = await load_a()\n    b = await load_b()\n    return a, b",
      },
      rust: {
        on: ["macro_invocation", "call_expression"],
        when: (t, n) => /^(?:(?:tokio|futures)::)?(?:try_)?join$|(?:^|::)join_all$/.test(calleePath(t, n)),
        good: "async fn both() -> (u8, u8) {\n    tokio::join!(load_a(), load_b())\n}",
        bad: "async fn both() -> (u8, u8) {\n    let a = load_a().await;\n    (a, load_b().await)\n}",
      },
    },
  },
  {
    id: "await-in-loop",
    name: "Await inside a loop",
    kind: "risk",
    concept: "concurrent-waiting",
    about: "Each round waits for the one before. Right where order matters; otherwise slow, and easy to run together.",
    rules: {
      javascript: {
        on: ["await_expression"],
        when: (t, n, scopes) => {
          const loop = scopes.loopOf(n);
          return loop >= 0 && !hasToken(t, loop, "await");
        },
        good: "async function all(ids: string[]) {\n  return Promise.all(ids.map((id) => load(id)));\n}",
        bad: "async function all(ids: string[]) {\n  const found = [];\n  for (const id of ids) found.push(await load(id));\n  return found;\n}",
      },
      python: {
        on: ["await"],
        when: (t, n, scopes) => {
          const loop = scopes.loopOf(n);
          return loop >= 0 && !hasToken(t, loop, "async");
        },
        good: "async def everything(ids):\n    return await asyncio.gather(*(load(id) for id in ids))",
        bad: "async def everything(ids):\n    found = []\n    for id in ids:\n        found.append(await load(id))\n    return found",
      },
      rust: {
        on: ["await_expression"],
        when: (t, n, scopes) => t.is(scopes.loopOf(n), "for_expression"),
        good: "async fn all(ids: Vec<u32>) -> Vec<User> {\n    join_all(ids.into_iter().map(load)).await\n}",
        bad: "async fn all(ids: Vec<u32>) {\n    for id in ids {\n        load(id).await;\n    }\n}",
      },
    },
  },
  {
    id: "floating-promise",
    name: "Promise that nobody waits for",
    kind: "risk",
    concept: "promise-errors",
    about: "A chain that ends as a statement without a handler: when it fails, nobody hears of it.",
    rules: {
      javascript: {
        on: ["expression_statement"],
        when: (t, n) => {
          const call = t.firstNamed(n);
          return t.is(call, "call_expression") && calleeName(t, call) === "then" && argumentsOf(t, call).length === 1;
        },
        good: "load().then(show).catch(report);",
        bad: "load().then(show);",
      },
      python: {
        on: ["expression_statement"],
        when: (t, n) => {
          const call = t.firstNamed(n);
          return t.is(call, "call") && /^asyncio\.(?:sleep|gather|wait|wait_for|to_thread)$/.test(calleePath(t, call));
        },
        good: "async def pause():\n    await asyncio.sleep(1)",
        bad: "async def pause():\n    asyncio.sleep(1)",
      },
    },
  },
  {
    id: "promise-chain",
    name: "Promise chain",
    kind: "habit",
    concept: "promises",
    about: "Says with `then` what comes next. Works everywhere, reads less well than `await` when it grows.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => calleeName(t, n) === "then" && receiverOf(t, n) >= 0 && argumentsOf(t, n).length > 0,
        good: "export const load = () => fetchUser().then((user) => user.name);",
        bad: "export const load = async () => (await fetchUser()).name;",
      },
    },
  },
  {
    id: "promise-constructor",
    name: "Promise made by hand",
    kind: "habit",
    concept: "promises",
    about: "Turns a callback or an event into a promise. Needed seldom: most APIs give promises already.",
    rules: {
      javascript: {
        on: ["new_expression"],
        when: (t, n) => t.textOf(t.child(n, "constructor")) === "Promise",
        good: "const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));",
        bad: "import { setTimeout as wait } from 'node:timers/promises';\nawait wait(10);",
      },
    },
  },
  {
    id: "nested-callbacks",
    name: "Callbacks three deep",
    kind: "risk",
    concept: "async-await",
    about: "Each level hides its errors and its order from the others. Named functions or `await` flatten it.",
    rules: {
      javascript: {
        on: ["arrow_function", "function_expression"],
        when: (t, n, scopes) => {
          let node = n;
          for (let level = 1; level <= 3; level += 1) {
            if (!t.is(node, "arrow_function", "function_expression") || !t.is(t.parent(node), "arguments"))
              return false;
            node = scopes.functionOf(node);
          }
          // The third level is told, deeper ones are part of the same nest.
          return !t.is(node, "arrow_function", "function_expression") || !t.is(t.parent(node), "arguments");
        },
        good: "const a = await readA();\nconst b = await readB(a);\nawait write(b);",
        bad: "readA((a) => {\n  readB(a, (b) => {\n    write(b, () => {\n      done();\n    });\n  });\n});",
      },
    },
  },
  {
    id: "async-iteration",
    name: "Iterating over what arrives",
    kind: "habit",
    concept: "async-iteration",
    about: "Takes values one by one as they come, with back-pressure, and never holds them all in memory.",
    rules: {
      javascript: {
        on: ["for_in_statement"],
        when: (t, n) => hasToken(t, n, "await"),
        good: "for await (const line of lines) show(line);",
        bad: "for (const line of await readAll()) show(line);",
      },
      python: {
        on: ["for_statement", "for_in_clause"],
        when: (t, n) => hasToken(t, n, "async"),
        good: "async def run(lines):\n    async for line in lines:\n        show(line)",
        bad: "async def run(lines):\n    for line in await lines.all():\n        show(line)",
      },
    },
  },
  {
    id: "foreach-async",
    name: "Async function given to forEach",
    kind: "risk",
    concept: "promise-errors",
    about: "`forEach` throws the promises away: nothing waits for them, and their errors are lost.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => {
          const first = argumentsOf(t, n)[0] ?? -1;
          return calleeName(t, n) === "forEach" && hasToken(t, first, "async");
        },
        good: "for (const user of users) await save(user);",
        bad: "users.forEach(async (user) => {\n  await save(user);\n});",
      },
    },
  },
  {
    id: "wait-for-first",
    name: "First answer wins",
    kind: "habit",
    concept: "concurrent-waiting",
    about: "Waits for whichever of several things happens first: an answer, a timeout, a cancellation.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => /^Promise\.(?:race|any)$/.test(calleePath(t, n)),
        good: "const answer = await Promise.race([load(), timeout(500)]);",
        bad: "const answer = await load();",
      },
      go: {
        on: ["select_statement"],
        good: "package a\n\nfunc first(a, b chan int) int {\n\tselect {\n\tcase x := <-a:\n\t\treturn x\n\tcase y := <-b:\n\t\treturn y\n\t}\n}",
        bad: "package a\n\nfunc first(a, b chan int) int {\n\treturn <-a\n}",
      },
      rust: {
        on: ["macro_invocation"],
        when: (t, n) => /^(?:(?:tokio|futures)::)?select(?:_biased)?$/.test(calleePath(t, n)),
        good: "async fn first() {\n    tokio::select! {\n        _ = load() => {}\n        _ = timeout() => {}\n    }\n}",
        bad: "async fn first() {\n    load().await;\n}",
      },
    },
  },
  {
    id: "cancellation",
    name: "Work that can be cancelled",
    kind: "habit",
    concept: "cancellation",
    about: "Passes on a signal, context or time limit, so that work ends when nobody needs it any more.",
    rules: {
      javascript: {
        on: ["new_expression", "call_expression"],
        when: (t, n) =>
          t.textOf(t.child(n, "constructor")) === "AbortController" ||
          /^AbortSignal\.(?:timeout|any|abort)$/.test(calleePath(t, n)),
        good: "const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });",
        bad: "const answer = await fetch(url);",
      },
      python: {
        on: ["call"],
        when: (t, n) => /^asyncio\.(?:timeout|wait_for|timeout_at)$/.test(calleePath(t, n)),
        good: "async def load():\n    async with asyncio.timeout(5):\n        return await fetch()",
        bad: "async def load():\n    return await fetch()",
      },
      go: {
        on: ["call_expression"],
        when: (t, n) => /^context\.With(?:Cancel|Timeout|Deadline)(?:Cause)?$/.test(calleePath(t, n)),
        good: "package a\n\nfunc load(ctx context.Context) error {\n\tctx, cancel := context.WithTimeout(ctx, time.Second)\n\tdefer cancel()\n\treturn fetch(ctx)\n}",
        bad: "package a\n\nfunc load(ctx context.Context) error {\n\treturn fetch(ctx)\n}",
      },
    },
  },
];
