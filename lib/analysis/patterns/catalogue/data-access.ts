import type { Pattern } from "../pattern";
import { argumentsOf, calleeName, calleePath, hasToken, isSql, receiverOf, shortText } from "../questions";

const QUERIES =
  /^(?:query|execute|executeQuery|executeUpdate|fetchone|fetchall|findOne|findUnique|findFirst|findById|findByPk|findMany|queryRow|QueryRow|QueryRowContext|Query|QueryContext|Exec|ExecContext|query_one|query_as|fetch_one|fetch_all|fetch_optional)$/;

export const DATA_ACCESS: readonly Pattern[] = [
  {
    id: "parameterised-sql",
    name: "SQL with parameters",
    kind: "habit",
    concept: "sql",
    about: "Values travel beside the statement, never inside it: no injection, and plans can be kept.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => {
          const tag = t.child(n, "arguments");
          if (t.is(tag, "template_string")) return isSql(t.textOf(tag));
          const [statement = -1, values = -1] = argumentsOf(t, n);
          return (
            t.is(statement, "string", "template_string") &&
            values >= 0 &&
            isSql(t.textOf(statement)) &&
            /\$\d|\?|:\w/.test(t.textOf(statement).slice(0, 600))
          );
        },
        good: 'await db.query("select name from users where id = $1", [id]);',
        bad: "await db.query(`select name from users where id = ${id}`);",
      },
      python: {
        on: ["call"],
        when: (t, n) => {
          const [statement = -1, values = -1] = argumentsOf(t, n);
          return (
            t.is(statement, "string") &&
            values >= 0 &&
            isSql(t.textOf(statement)) &&
            /%s|\?|:\w|%\(/.test(t.textOf(statement).slice(0, 600))
          );
        },
        good: 'cursor.execute("select name from users where id = %s", (user_id,))',
        bad: 'cursor.execute(f"select name from users where id = {user_id}")',
      },
      go: {
        on: ["call_expression"],
        when: (t, n) => {
          const args = argumentsOf(t, n);
          const at = args.findIndex((a) => t.is(a, "interpreted_string_literal", "raw_string_literal"));
          return (
            at >= 0 &&
            args.length > at + 1 &&
            isSql(t.textOf(args[at] ?? -1)) &&
            /\$\d|\?|@\w/.test(t.textOf(args[at] ?? -1).slice(0, 600))
          );
        },
        good: 'package a\n\nfunc f() {\n\tdb.QueryRow("select name from users where id = $1", id)\n}',
        bad: 'package a\n\nfunc f() {\n\tdb.QueryRow("select name from users where id = " + id)\n}',
      },
      java: {
        on: ["method_invocation"],
        when: (t, n) => {
          const statement = argumentsOf(t, n)[0] ?? -1;
          return (
            /^(?:prepareStatement|query|queryForObject|update|createQuery|createNativeQuery)$/.test(calleeName(t, n)) &&
            t.is(statement, "string_literal") &&
            isSql(t.textOf(statement)) &&
            /\?|:\w/.test(t.textOf(statement).slice(0, 600))
          );
        },
        good: 'class A {\n  void f() {\n    db.prepareStatement("select name from users where id = ?");\n  }\n}',
        bad: 'class A {\n  void f() {\n    db.createStatement().executeQuery("select name from users where id = " + id);\n  }\n}',
      },
      rust: {
        on: ["call_expression"],
        when: (t, n) => {
          const statement = argumentsOf(t, n)[0] ?? -1;
          return (
            t.is(statement, "string_literal", "raw_string_literal") &&
            isSql(t.textOf(statement)) &&
            /\$\d|\?/.test(t.textOf(statement).slice(0, 600))
          );
        },
        good: 'fn f() {\n    sqlx::query("select name from users where id = $1").bind(id);\n}',
        bad: 'fn f() {\n    sqlx::query(&format!("select name from users where id = {}", id));\n}',
      },
    },
  },
  {
    id: "sql-by-concatenation",
    name: "SQL put together from text",
    kind: "risk",
    concept: "sql",
    about: "A value with a quote in it changes the statement: the oldest way into a database (CWE-89).",
    rules: {
      javascript: {
        on: ["template_string", "binary_expression"],
        when: (t, n) =>
          t.is(n, "template_string")
            ? t.childOfKind(n, "template_substitution") >= 0 &&
              isSql(t.textOf(n)) &&
              !(t.is(t.parent(n), "call_expression") && t.inField(n, "arguments"))
            : hasToken(t, n, "+") &&
              t.is(t.child(n, "left"), "string") &&
              isSql(t.textOf(t.child(n, "left"))) &&
              !t.is(t.child(n, "right"), "string"),
        good: 'await db.query("select name from users where id = $1", [id]);',
        bad: "await db.query(`select name from users where id = ${id}`);",
      },
      python: {
        on: ["string", "binary_operator"],
        when: (t, n) =>
          t.is(n, "string")
            ? t.childOfKind(n, "interpolation") >= 0 && isSql(t.textOf(n).replace(/^\w*["']+/, ""))
            : hasToken(t, n, "+", "%") &&
              t.is(t.child(n, "left"), "string") &&
              isSql(t.textOf(t.child(n, "left"))) &&
              !t.is(t.child(n, "right"), "string"),
        good: 'cursor.execute("select name from users where id = %s", (user_id,))',
        bad: 'cursor.execute(f"select name from users where id = {user_id}")',
      },
      go: {
        on: ["binary_expression", "call_expression"],
        when: (t, n) => {
          const text = t.is(n, "binary_expression")
            ? t.child(n, "left")
            : calleePath(t, n) === "fmt.Sprintf"
              ? (argumentsOf(t, n)[0] ?? -1)
              : -1;
          return (
            t.is(text, "interpreted_string_literal", "raw_string_literal") &&
            isSql(t.textOf(text)) &&
            (t.is(n, "call_expression") ||
              !t.is(t.child(n, "right"), "interpreted_string_literal", "raw_string_literal"))
          );
        },
        good: 'package a\n\nfunc f() {\n\tdb.QueryRow("select name from users where id = $1", id)\n}',
        bad: 'package a\n\nfunc f() {\n\tdb.QueryRow("select name from users where id = " + id)\n}',
      },
      java: {
        on: ["binary_expression"],
        when: (t, n) =>
          hasToken(t, n, "+") &&
          t.is(t.child(n, "left"), "string_literal") &&
          isSql(t.textOf(t.child(n, "left"))) &&
          !t.is(t.child(n, "right"), "string_literal"),
        good: 'class A {\n  void f() {\n    db.prepareStatement("select name from users where id = ?");\n  }\n}',
        bad: 'class A {\n  void f() {\n    db.createStatement().executeQuery("select name from users where id = " + id);\n  }\n}',
      },
    },
  },
  {
    id: "query-in-loop",
    name: "Query inside a loop",
    kind: "risk",
    concept: "query-batching",
    about: "One query for each element (N+1): a hundred rows make a hundred journeys. Ask once for all of them.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n, scopes) => scopes.loopOf(n) >= 0 && receiverOf(t, n) >= 0 && QUERIES.test(calleeName(t, n)),
        good: 'const users = await db.query("select * from users where id = any($1)", [ids]);',
        bad: 'for (const id of ids) {\n  users.push(await db.query("select * from users where id = $1", [id]));\n}',
      },
      python: {
        on: ["call"],
        when: (t, n, scopes) =>
          scopes.loopOf(n) >= 0 &&
          (QUERIES.test(calleeName(t, n))
            ? receiverOf(t, n) >= 0
            : /\.objects\.(?:get|filter)$/.test(calleePath(t, n))),
        good: "users = User.objects.filter(id__in=ids)",
        bad: "for user_id in ids:\n    users.append(User.objects.get(id=user_id))",
      },
      go: {
        on: ["call_expression"],
        when: (t, n, scopes) =>
          scopes.loopOf(n) >= 0 &&
          receiverOf(t, n) >= 0 &&
          QUERIES.test(calleeName(t, n)) &&
          argumentsOf(t, n).length > 0,
        good: 'package a\n\nfunc f(ids []int) {\n\tdb.Query("select * from users where id = any($1)", ids)\n}',
        bad: 'package a\n\nfunc f(ids []int) {\n\tfor _, id := range ids {\n\t\tdb.QueryRow("select * from users where id = $1", id)\n\t}\n}',
      },
      java: {
        on: ["method_invocation"],
        when: (t, n, scopes) => scopes.loopOf(n) >= 0 && receiverOf(t, n) >= 0 && QUERIES.test(calleeName(t, n)),
        good: "class A {\n  void f(List<Long> ids) {\n    users.findAllById(ids);\n  }\n}",
        bad: "class A {\n  void f(List<Long> ids) {\n    for (Long id : ids) {\n      users.findById(id);\n    }\n  }\n}",
      },
      rust: {
        on: ["call_expression"],
        when: (t, n, scopes) => scopes.loopOf(n) >= 0 && receiverOf(t, n) >= 0 && QUERIES.test(calleeName(t, n)),
        good: 'fn f(ids: &[u32]) {\n    client.query("select * from users where id = any($1)", &[&ids]);\n}',
        bad: 'fn f(ids: &[u32]) {\n    for id in ids {\n        client.query_one("select * from users where id = $1", &[id]);\n    }\n}',
      },
    },
  },
  {
    id: "transaction",
    name: "Transaction",
    kind: "habit",
    concept: "transactions",
    about: "Several changes that happen together or not at all.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) => /^(?:\$?transaction|withTransaction)$/.test(calleeName(t, n)) && receiverOf(t, n) >= 0,
        good: "await db.transaction(async (tx) => {\n  await tx.insert(order);\n});",
        bad: "await db.insert(order);",
      },
      python: {
        on: ["with_item"],
        when: (t, n) => /\b(?:atomic|begin|transaction)\(\)?/.test(shortText(t, n)),
        good: "with transaction.atomic():\n    order.save()",
        bad: "order.save()",
      },
      go: {
        on: ["call_expression"],
        when: (t, n) => /^Begin(?:Tx)?$/.test(calleeName(t, n)) && receiverOf(t, n) >= 0,
        good: "package a\n\nfunc f() {\n\ttx, err := db.BeginTx(ctx, nil)\n\tuse(tx, err)\n}",
        bad: 'package a\n\nfunc f() {\n\tdb.Exec("delete from a")\n}',
      },
      java: {
        on: ["marker_annotation", "annotation"],
        when: (t, n) => shortText(t, t.child(n, "name")) === "Transactional",
        good: "class A {\n  @Transactional\n  void save() {}\n}",
        bad: "class A {\n  void save() {}\n}",
      },
      rust: {
        on: ["call_expression"],
        when: (t, n) => /^(?:begin|transaction)$/.test(calleeName(t, n)) && receiverOf(t, n) >= 0,
        good: "async fn f(db: &Pool) {\n    let tx = db.begin().await;\n}",
        bad: "async fn f(db: &Pool) {\n    db.save().await;\n}",
      },
    },
  },
  {
    id: "http-request",
    name: "HTTP request",
    kind: "habit",
    concept: "http",
    about: "Asks another machine: it may be slow, away, or answer with something else.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) =>
          /^(?:globalThis\.|window\.)?fetch$|^axios(?:\.(?:get|post|put|patch|delete|request))?$|^(?:got|ky)(?:\.\w+)?$/.test(
            calleePath(t, n),
          ),
        good: "const answer = await fetch(url, { signal });",
        bad: "const answer = await readFile(path);",
      },
      python: {
        on: ["call"],
        when: (t, n) =>
          /^(?:requests|httpx|session|client)\.(?:get|post|put|patch|delete|head|request)$|^(?:urllib\.request\.)?urlopen$/.test(
            calleePath(t, n),
          ),
        good: "answer = httpx.get(url, timeout=5)",
        bad: "answer = cache.get(url)",
      },
      go: {
        on: ["call_expression"],
        when: (t, n) => /^http\.(?:Get|Post|PostForm|Head|NewRequest|NewRequestWithContext)$/.test(calleePath(t, n)),
        good: 'package a\n\nfunc f() {\n\thttp.NewRequestWithContext(ctx, "GET", url, nil)\n}',
        bad: "package a\n\nfunc f() {\n\tcache.Get(url)\n}",
      },
      java: {
        on: ["method_invocation"],
        when: (t, n) =>
          /^HttpRequest\.newBuilder$|^HttpClient\.newHttpClient$|^HttpClient\.newBuilder$/.test(calleePath(t, n)) ||
          /^(?:getForObject|getForEntity|postForObject|exchange)$/.test(calleeName(t, n)),
        good: "class A {\n  void f() {\n    HttpRequest.newBuilder(uri).timeout(LIMIT).build();\n  }\n}",
        bad: "class A {\n  void f() {\n    cache.get(uri);\n  }\n}",
      },
      rust: {
        on: ["call_expression"],
        when: (t, n) => /^reqwest::(?:blocking::)?(?:get|Client::new|Client::builder)$/.test(calleePath(t, n)),
        good: "async fn f() {\n    reqwest::get(url).await;\n}",
        bad: "async fn f() {\n    cache::get(url).await;\n}",
      },
    },
  },
  {
    id: "http-without-timeout",
    name: "Request without a time limit",
    kind: "risk",
    concept: "timeouts",
    about: "When the other side hangs, so does this one, and everything that waits for it.",
    rules: {
      javascript: {
        on: ["call_expression"],
        when: (t, n) =>
          calleePath(t, n) === "fetch" &&
          (argumentsOf(t, n).length === 1 ||
            (t.is(argumentsOf(t, n)[1] ?? -1, "object") &&
              !/\bsignal\b|\.\.\./.test(t.textOf(argumentsOf(t, n)[1] ?? -1).slice(0, 2_000)))),
        good: "await fetch(url, { signal: AbortSignal.timeout(5000) });",
        bad: 'await fetch(url, { method: "POST" });',
      },
      python: {
        on: ["call"],
        when: (t, n) =>
          /^requests\.(?:get|post|put|patch|delete|head|request)$/.test(calleePath(t, n)) &&
          !argumentsOf(t, n).some((a) => t.is(a, "dictionary_splat") || shortText(t, t.child(a, "name")) === "timeout"),
        good: "requests.get(url, timeout=5)",
        bad: "requests.get(url)",
      },
      go: {
        on: ["call_expression"],
        when: (t, n) => /^http\.(?:Get|Post|PostForm|Head)$/.test(calleePath(t, n)),
        good: "package a\n\nfunc f() {\n\tclient := http.Client{Timeout: limit}\n\tclient.Get(url)\n}",
        bad: "package a\n\nfunc f() {\n\thttp.Get(url)\n}",
      },
    },
  },
];
