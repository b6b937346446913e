import type { Fixture } from "./fixture";

export const PYTHON_FIXTURES: readonly Fixture[] = [
  {
    rule: "command-injection",
    bad: [
      'import os\nos.system("rm " + name)',
      'subprocess.run(f"git log {branch}", shell=True)',
      "subprocess.check_output('ls %s' % folder, shell=True)",
      '@app.route("/x")\ndef f():\n    os.popen(request.args.get("cmd"))',
    ],
    good: [
      'os.system("clear")',
      'subprocess.run(["git", "log", branch])',
      'subprocess.run("make all", shell=True)',
      'VERSION = "1"\nos.system(f"git tag {VERSION}")',
      'os.system("rm " + shlex.quote(name))',
    ],
  },
  {
    rule: "code-injection",
    bad: ['eval("f_" + name)', "exec(source)", '@app.post("/x")\ndef f(expr: str):\n    return eval(expr)'],
    good: [
      'eval("1 + 1")',
      "model.eval()",
      "ast.literal_eval(text)",
      'exec(open("version.py").read())',
      "df.eval(expression)",
    ],
  },
  {
    rule: "sql-injection",
    bad: [
      'cursor.execute(f"SELECT * FROM users WHERE id = {user_id}")',
      "cursor.execute(\"DELETE FROM a WHERE b = '%s'\" % name)",
      'cursor.execute("SELECT a FROM b WHERE c = {}".format(c))',
      'q = "SELECT a FROM b WHERE c = " + request.args["c"]\ndb.execute(q)',
    ],
    good: [
      'cursor.execute("SELECT * FROM users WHERE id = %s", (user_id,))',
      "session.execute(select(User).where(User.id == user_id))",
      'cursor.execute("PRAGMA foreign_keys = ON")',
      'executor.execute(f"task {name}")',
      'cursor.execute(f"SELECT a FROM b LIMIT {int(n)}")',
    ],
  },
  {
    rule: "html-injection",
    bad: [
      'mark_safe("<b>" + name + "</b>")',
      'return HttpResponse("<p>" + request.GET["q"] + "</p>")',
      "env = jinja2.Environment(autoescape=False)",
    ],
    good: [
      'mark_safe("<b>fixed</b>")',
      'format_html("<b>{}</b>", name)',
      'return HttpResponse("ok")',
      "env = jinja2.Environment(autoescape=True)",
      "mark_safe(escape(name))",
    ],
  },
  {
    rule: "template-injection",
    bad: ['render_template_string("<h1>" + title + "</h1>")', 'render_template_string(request.args["t"])'],
    good: ['render_template_string("<h1>{{ t }}</h1>", t=title)', 'render_template("a.html", t=title)'],
  },
  {
    rule: "path-traversal",
    bad: ['open(os.path.join(base, request.args["name"]))', 'send_file("/data/" + request.args.get("f"))'],
    good: [
      'open(os.path.join(base, secure_filename(request.args["name"])))',
      "open(path)",
      'send_from_directory(base, request.args["name"])',
      'open("a.txt")',
    ],
  },
  {
    rule: "archive-extraction",
    bad: ["import tarfile\ntar = tarfile.open(p)\ntar.extractall(target)"],
    good: [
      "import tarfile\ntar = tarfile.open(p)\ntar.extractall(target, filter='data')",
      "import zipfile\nz = zipfile.ZipFile(p)\nz.extractall(target)",
    ],
  },
  {
    rule: "server-side-request-forgery",
    bad: ['requests.get(request.args["url"])', '@router.get("/p")\ndef p(url: str):\n    return httpx.get(url)'],
    good: [
      "requests.get(url)",
      'requests.get("https://api.example.com/" + request.args["id"])',
      '@router.get("/p")\ndef p(page: int):\n    return httpx.get("https://a.org/", params={"p": page})',
    ],
  },
  {
    rule: "open-redirect",
    bad: ['return redirect(request.args.get("next"))'],
    good: [
      'return redirect("/home")',
      'return redirect(url_for("home"))',
      'return redirect("/u/" + request.args["id"])',
    ],
  },
  {
    rule: "tls-verification-off",
    bad: [
      "requests.get(url, verify=False)",
      "ctx.verify_mode = ssl.CERT_NONE",
      "ssl._create_unverified_context()",
      "ctx.check_hostname = False",
    ],
    good: ["requests.get(url, verify='ca.pem')", "ctx.verify_mode = ssl.CERT_REQUIRED", "check(verify=False)"],
  },
  {
    rule: "weak-tls",
    bad: ["context_version = ssl.PROTOCOL_TLSv1"],
    good: ["context_version = ssl.PROTOCOL_TLS_CLIENT"],
  },
  {
    rule: "weak-password-hash",
    bad: ["stored = hashlib.md5(password.encode()).hexdigest()"],
    good: ["etag = hashlib.md5(body).hexdigest()", "h = hashlib.sha1(password, usedforsecurity=False)"],
  },
  {
    rule: "weak-cipher",
    bad: ["c = DES.new(key, DES.MODE_CBC, iv)", "c = AES.new(key, AES.MODE_ECB)"],
    good: ["c = AES.new(key, AES.MODE_GCM)"],
  },
  {
    rule: "weak-random",
    bad: [
      "token = ''.join(random.choice(letters) for _ in range(20))",
      "def make_reset_code():\n    return random.randint(1, 9999)",
    ],
    good: ["token = secrets.token_hex(8)", "x = random.random()", "sample = random.choice(items)"],
  },
  {
    rule: "jwt-unverified",
    bad: ['jwt.decode(t, options={"verify_signature": False})', 'jwt.decode(t, key, algorithms=["none"])'],
    good: ['jwt.decode(t, key, algorithms=["RS256"])', "base64.decode(t)"],
  },
  {
    rule: "hard-coded-signing-key",
    bad: ['jwt.encode(claims, "abc", algorithm="HS256")', 'KEY = "k"\njwt.decode(t, KEY, algorithms=["HS256"])'],
    good: ['jwt.encode(claims, settings.KEY, algorithm="HS256")', 'text.encode("utf-8")'],
  },
  {
    rule: "unsafe-deserialisation",
    bad: ["pickle.loads(data)", "yaml.load(text)", "pickle.loads(request.data)", "yaml.load(f, Loader=yaml.Loader)"],
    good: ["yaml.safe_load(text)", "yaml.load(f, Loader=yaml.SafeLoader)", "json.loads(data)"],
  },
  {
    rule: "cors-with-credentials",
    bad: [
      "CORS(app, supports_credentials=True)",
      'app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)',
    ],
    good: [
      'CORS(app, supports_credentials=True, origins=["https://a.org"])',
      "CORS(app)",
      'app.add_middleware(CORSMiddleware, allow_origins=["https://a.org"], allow_credentials=True)',
    ],
  },
  {
    rule: "cookie-flags",
    bad: ['response.set_cookie("session", sid)', "SESSION_COOKIE_SECURE = False"],
    good: [
      'response.set_cookie("session", sid, httponly=True, secure=True)',
      'response.set_cookie("theme", "dark")',
      "SESSION_COOKIE_SECURE = True",
    ],
  },
  {
    rule: "xml-external-entities",
    bad: ["parser = etree.XMLParser(resolve_entities=True)"],
    good: ["parser = etree.XMLParser(resolve_entities=False)", "etree.parse(f)"],
  },
  {
    rule: "regex-denial-of-service",
    bad: [String.raw`re.compile(r"^(\w+\s?)*$")`],
    good: [String.raw`re.compile(r"^(?:\w+\.)*\w+$")`, 're.match("a", x)'],
  },
  {
    rule: "insecure-temporary-file",
    bad: ["import tempfile\nname = tempfile.mktemp()"],
    good: ["import tempfile\nf = tempfile.NamedTemporaryFile()", "d = tempfile.mkdtemp()"],
  },
  {
    rule: "debug-mode",
    bad: ["app.run(debug=True)"],
    good: ["app.run()", "app.run(debug=settings.debug)", "asyncio.run(main(), debug=True)"],
  },
  {
    rule: "bind-all-interfaces",
    bad: ['app.run(host="0.0.0.0")', 'import socket\ns.bind(("0.0.0.0", 80))'],
    good: ['app.run(host="127.0.0.1")'],
  },
  { rule: "world-writable", bad: ["os.chmod(path, 0o777)"], good: ["os.chmod(path, 0o644)"] },
  {
    rule: "ssh-host-key-unchecked",
    bad: ["client.set_missing_host_key_policy(paramiko.AutoAddPolicy())"],
    good: ["client.set_missing_host_key_policy(paramiko.RejectPolicy())"],
  },
  {
    rule: "csrf-protection-off",
    bad: ["@csrf_exempt\ndef hook(request):\n    pass"],
    good: ["@login_required\ndef view(request):\n    pass"],
  },
];
