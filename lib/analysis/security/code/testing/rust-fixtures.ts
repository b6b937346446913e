import type { Fixture } from "./fixture";

const inside = (body: string) =>
  `fn f(name: &str, Query(q): Query<Params>) -> Result<(), E> {\n    ${body}\n    Ok(())\n}\n`;

export const RUST_FIXTURES: readonly Fixture[] = [
  {
    rule: "command-injection",
    bad: [inside('Command::new("sh").arg("-c").arg(format!("ls {}", name)).spawn()?;')],
    good: [
      inside('Command::new("ls").arg(name).spawn()?;'),
      inside('Command::new("sh").arg("-c").arg("ls -l").spawn()?;'),
    ],
  },
  {
    rule: "sql-injection",
    bad: [
      inside('sqlx::query(&format!("SELECT a FROM b WHERE c = {}", name)).fetch_all(&pool);'),
      inside("let s = format!(\"DELETE FROM a WHERE b = '{}'\", name);\n    conn.execute(&s, [])?;"),
    ],
    good: [
      inside('sqlx::query("SELECT a FROM b WHERE c = $1").bind(name);'),
      inside('conn.execute("DELETE FROM a WHERE b = ?1", [name])?;'),
    ],
  },
  {
    rule: "html-injection",
    bad: [inside('return Html(format!("<p>{}</p>", q.name));')],
    good: [inside('return Html("<p>ok</p>".to_string());'), inside('return Html(format!("<p>{}</p>", 1));')],
  },
  {
    rule: "path-traversal",
    bad: [inside("File::open(q.file)?;"), inside('std::fs::read(format!("data/{}", q.file))?;')],
    good: [inside("File::open(name)?;"), inside('File::open("a.txt")?;')],
  },
  {
    rule: "server-side-request-forgery",
    bad: [inside("reqwest::get(&q.url).await?;")],
    good: [inside("reqwest::get(name).await?;"), inside('reqwest::get(format!("https://a.org/{}", q.id)).await?;')],
  },
  {
    rule: "open-redirect",
    bad: [inside("return Redirect::to(&q.next);")],
    good: [inside('return Redirect::to("/home");')],
  },
  {
    rule: "tls-verification-off",
    bad: [
      inside("Client::builder().danger_accept_invalid_certs(true).build()?;"),
      inside("b.set_verify(SslVerifyMode::NONE);"),
    ],
    good: [
      inside("Client::builder().danger_accept_invalid_certs(false).build()?;"),
      inside("b.set_verify(SslVerifyMode::PEER);"),
    ],
  },
  {
    rule: "weak-password-hash",
    bad: ["fn hash_password(password: &str) -> Digest { md5::compute(password) }\n"],
    good: ['fn etag(body: &[u8]) -> String { format!("{:x}", md5::compute(body)) }\n'],
  },
  {
    rule: "weak-random",
    bad: ["fn make_token() -> u64 { let mut r = StdRng::seed_from_u64(42); r.gen() }\n"],
    good: ["fn shuffle() { let mut r = StdRng::seed_from_u64(42); }\n", "fn make_token() -> u64 { OsRng.gen() }\n"],
  },
  {
    rule: "jwt-unverified",
    bad: [inside("validation.insecure_disable_signature_validation();")],
    good: [inside("decode::<C>(t, &key, &validation)?;")],
  },
  {
    rule: "hard-coded-signing-key",
    bad: [
      inside('let k = EncodingKey::from_secret(b"abc");'),
      inside('let k = DecodingKey::from_secret("abc".as_ref());'),
    ],
    good: [inside("let k = EncodingKey::from_secret(secret.as_bytes());")],
  },
  {
    rule: "cors-with-credentials",
    bad: [inside("let c = CorsLayer::very_permissive();")],
    good: [inside("let c = CorsLayer::new();")],
  },
  {
    rule: "cookie-flags",
    bad: [inside('let c = Cookie::build(("session", v)).http_only(false);')],
    good: [
      inside('let c = Cookie::build(("session", v)).http_only(true);'),
      inside('let c = Cookie::build(("theme", v)).http_only(false);'),
    ],
  },
  {
    rule: "world-writable",
    bad: [inside("Permissions::from_mode(0o777);")],
    good: [inside("Permissions::from_mode(0o755);")],
  },
  {
    rule: "insecure-temporary-file",
    bad: [inside('File::create("/tmp/app.log")?;')],
    good: [inside("tempfile()?;"), inside('File::create("app.log")?;')],
  },
  {
    rule: "bind-all-interfaces",
    bad: [inside('TcpListener::bind("0.0.0.0:80")?;')],
    good: [inside('TcpListener::bind("127.0.0.1:80")?;')],
  },
  {
    rule: "unsafe-without-reason",
    bad: [inside("unsafe { g(name) };")],
    good: [
      inside("// SAFETY: the pointer is valid for the whole call\n    unsafe { g(name) };"),
      inside("unsafe {\n        // SAFETY: checked above\n        g(name)\n    };"),
    ],
  },
];
