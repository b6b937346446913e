import type { Fixture } from "./fixture";

const inside = (body: string, imports = "") =>
  `package a\n${imports}\nfunc f(w http.ResponseWriter, r *http.Request, name string) {\n\t${body}\n}\n`;

export const GO_FIXTURES: readonly Fixture[] = [
  {
    rule: "command-injection",
    bad: [
      inside('exec.Command("sh", "-c", "ls "+name)'),
      inside('exec.Command(r.FormValue("tool"))'),
      inside('s := fmt.Sprintf("ls %s", name)\n\texec.CommandContext(ctx, "bash", "-c", s)'),
    ],
    good: [
      inside('exec.Command("ls", name)'),
      inside('exec.Command("sh", "-c", "ls -l")'),
      inside('exec.Command("git", "-c", "a="+name)'),
    ],
  },
  {
    rule: "sql-injection",
    bad: [
      inside('db.Query("SELECT a FROM b WHERE c = \'" + name + "\'")'),
      inside('q := fmt.Sprintf("DELETE FROM a WHERE b = %s", name)\n\tdb.ExecContext(ctx, q)'),
      inside('db.QueryRow("SELECT a FROM b WHERE c = " + r.URL.Query().Get("c"))'),
    ],
    good: [
      inside('db.Query("SELECT a FROM b WHERE c = $1", name)'),
      inside('const t = "b"\n\tdb.Query("SELECT a FROM " + t)'),
      inside("u.Query().Get(name)"),
    ],
  },
  {
    rule: "html-injection",
    bad: [inside('fmt.Fprintf(w, "<h1>%s</h1>", r.FormValue("n"))'), inside('x := template.HTML("<b>" + name)')],
    good: [
      inside('fmt.Fprintf(w, "<h1>%s</h1>", html.EscapeString(r.FormValue("n")))'),
      inside('fmt.Fprintf(log, "<%s>", r.FormValue("n"))'),
      inside('x := template.HTML("<b>fixed</b>")'),
    ],
  },
  {
    rule: "path-traversal",
    bad: [
      inside('os.Open(filepath.Join(dir, r.FormValue("f")))'),
      inside('n := r.URL.Query().Get("f")\n\tos.ReadFile("data/" + n)'),
    ],
    good: [
      inside('os.Open(filepath.Join(dir, filepath.Base(r.FormValue("f"))))'),
      inside("os.Open(name)"),
      inside('os.ReadFile("a.txt")'),
    ],
  },
  {
    rule: "archive-extraction",
    bad: [inside("for _, f := range zr.File { p := filepath.Join(dst, f.Name); write(p) }", 'import "archive/zip"')],
    good: [
      inside(
        "for _, f := range zr.File { p := filepath.Join(dst, f.Name); if !strings.HasPrefix(p, dst) { return } }",
        'import "archive/zip"',
      ),
      inside("p := filepath.Join(dst, f.Name)"),
    ],
  },
  {
    rule: "server-side-request-forgery",
    bad: [
      inside('http.Get(r.FormValue("url"))'),
      inside('u := r.URL.Query().Get("u")\n\thttp.NewRequest("GET", u, nil)'),
    ],
    good: [inside('http.Get("https://a.org/" + r.FormValue("id"))'), inside("http.Get(name)")],
  },
  {
    rule: "open-redirect",
    bad: [inside('http.Redirect(w, r, r.FormValue("next"), 302)')],
    good: [
      inside('http.Redirect(w, r, "/home", 302)'),
      inside("http.Redirect(w, r, r.URL.Path, 301)"),
      inside('http.Redirect(w, r, "/u/"+r.FormValue("id"), 302)'),
    ],
  },
  {
    rule: "tls-verification-off",
    bad: [inside("c := &tls.Config{InsecureSkipVerify: true}"), inside("c.InsecureSkipVerify = true")],
    good: [inside("c := &tls.Config{InsecureSkipVerify: *insecure}"), inside("c := &tls.Config{RootCAs: pool}")],
  },
  {
    rule: "weak-tls",
    bad: [inside("c := &tls.Config{MinVersion: tls.VersionTLS10}")],
    good: [inside("c := &tls.Config{MinVersion: tls.VersionTLS12}")],
  },
  {
    rule: "weak-password-hash",
    bad: [inside("sum := md5.Sum([]byte(password))")],
    good: [inside("sum := md5.Sum(body)"), inside("sum := sha256.Sum256([]byte(password))")],
  },
  {
    rule: "weak-cipher",
    bad: [inside("b, err := des.NewCipher(key)"), inside("c, err := rc4.NewCipher(key)")],
    good: [inside("b, err := aes.NewCipher(key)")],
  },
  {
    rule: "weak-random",
    bad: [inside("token := rand.Intn(1000000)", 'import "math/rand"')],
    good: [
      inside("token := rand.Intn(1000000)", 'import "crypto/rand"'),
      inside("x := rand.Intn(10)", 'import "math/rand"'),
    ],
  },
  {
    rule: "jwt-unverified",
    bad: [inside("t, _, err := parser.ParseUnverified(s, c)"), inside("return jwt.UnsafeAllowNoneSignatureType")],
    good: [inside("t, err := jwt.Parse(s, keyFunc)")],
  },
  {
    rule: "hard-coded-signing-key",
    bad: [inside('t.SignedString([]byte("abc"))')],
    good: [inside("t.SignedString(key)"), inside('t.SignedString([]byte(os.Getenv("KEY")))')],
  },
  {
    rule: "cors-with-credentials",
    bad: [inside('c := cors.Options{AllowedOrigins: []string{"*"}, AllowCredentials: true}')],
    good: [inside('c := cors.Options{AllowedOrigins: []string{"https://a.org"}, AllowCredentials: true}')],
  },
  {
    rule: "cookie-flags",
    bad: [inside('http.SetCookie(w, &http.Cookie{Name: "session", Value: v})')],
    good: [
      inside('http.SetCookie(w, &http.Cookie{Name: "session", Value: v, HttpOnly: true, Secure: true})'),
      inside('http.SetCookie(w, &http.Cookie{Name: "theme", Value: v})'),
      inside('http.SetCookie(w, &http.Cookie{Name: "session", MaxAge: -1})'),
    ],
  },
  {
    rule: "ssh-host-key-unchecked",
    bad: [inside("c.HostKeyCallback = ssh.InsecureIgnoreHostKey()")],
    good: [inside("c.HostKeyCallback = ssh.FixedHostKey(k)")],
  },
  {
    rule: "world-writable",
    bad: [inside('os.WriteFile("a", b, 0777)'), inside("os.Chmod(p, 0o666)")],
    good: [inside('os.WriteFile("a", b, 0o644)'), inside("os.MkdirAll(p, 0777)")],
  },
  {
    rule: "insecure-temporary-file",
    bad: [inside('os.Create("/tmp/app.log")')],
    good: [inside('os.CreateTemp("", "app")'), inside('os.Create("app.log")')],
  },
  {
    rule: "bind-all-interfaces",
    bad: [inside('http.ListenAndServe("0.0.0.0:80", nil)')],
    good: [inside('http.ListenAndServe("127.0.0.1:80", nil)'), inside('http.ListenAndServe(":80", nil)')],
  },
  {
    rule: "debug-mode",
    bad: ['package a\n\nimport _ "net/http/pprof"\n'],
    good: ['package a\n\nimport "runtime/pprof"\n'],
  },
];
