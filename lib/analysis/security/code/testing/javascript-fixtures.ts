import type { Fixture } from "./fixture";

export const JAVASCRIPT_FIXTURES: readonly Fixture[] = [
  {
    rule: "command-injection",
    bad: [
      'import { exec } from "node:child_process";\nexec(`git log ${branch}`);',
      'const cp = require("child_process");\nfunction f(name) { const command = "rm " + name; cp.execSync(command); }',
      'import { exec } from "child_process";\napp.get("/", (req, res) => { exec(req.query.cmd); });',
      'spawn("sh", ["-c", `ls ${folder}`]);',
      "spawn(`ls ${folder}`, { shell: true });",
    ],
    good: [
      'import { exec } from "node:child_process";\nexec("git status");',
      "const match = /a/.exec(`${text}`);",
      'import { execFile } from "node:child_process";\nexecFile("git", ["log", branch]);',
      'import { exec } from "node:child_process";\nconst VERSION = "1.2";\nexec(`git tag v${VERSION}`);',
      'spawn("ls", [folder], { shell: false });',
      "db.exec(`x ${y}`);",
    ],
  },
  {
    rule: "code-injection",
    bad: [
      'eval("f" + name + "()");',
      "const run = new Function(`return ${body}`);",
      'setTimeout("update(" + id + ")", 10);',
      'app.post("/", (req) => require(req.body.module));',
      "vm.runInNewContext(`${source}`);",
    ],
    good: [
      'eval("1 + 1");',
      "setTimeout(() => update(id), 10);",
      "setTimeout(update, 10);",
      'const f = new Function("return this");',
      "model.eval(x);",
      'require("./a");',
    ],
  },
  {
    rule: "sql-injection",
    bad: [
      "db.query(`SELECT * FROM users WHERE id = ${id}`);",
      'connection.execute("DELETE FROM a WHERE b = \'" + name + "\'");',
      'const sql = "SELECT a FROM b WHERE c = " + req.params.c;\nawait pool.query(sql);',
      "prisma.$queryRawUnsafe(`select * from x where y = ${y}`);",
    ],
    good: [
      'db.query("SELECT * FROM users WHERE id = $1", [id]);',
      "await sql`SELECT * FROM users WHERE id = ${id}`;",
      "prisma.$queryRaw`select * from x where y = ${y}`;",
      'const WHERE = "id = 1";\ndb.query(`SELECT * FROM users WHERE ${WHERE}`);',
      "element.query(`.item-${id}`);",
      "pool.query(`select * from ${escapedSchema}.jobs where id = $1`, [id]);",
      "api.get(`/users/${id}`);",
      "db.query(`SELECT * FROM users LIMIT ${Number(limit)}`);",
    ],
  },
  {
    rule: "nosql-injection",
    bad: [
      "users.find({ $where: `this.name == '${name}'` });",
      'app.post("/", async (req) => db.users.findOne(req.body));',
    ],
    good: [
      "users.findOne({ name: String(req.body.name) });",
      'users.find({ $where: "this.a > this.b" });',
      "list.find((x) => x.id === id);",
    ],
  },
  {
    rule: "html-injection",
    bad: [
      "element.innerHTML = `<b>${name}</b>`;",
      "element.innerHTML = location.hash;",
      "const a = <div dangerouslySetInnerHTML={{ __html: comment }} />;",
      'res.send("<h1>" + req.query.name + "</h1>");',
      "list.insertAdjacentHTML('beforeend', `<li>${x}</li>`);",
    ],
    good: [
      'element.innerHTML = "";',
      "element.innerHTML = DOMPurify.sanitize(comment);",
      "const a = <div dangerouslySetInnerHTML={{ __html: sanitize(comment) }} />;",
      "const a = <script dangerouslySetInnerHTML={{ __html: JSON.stringify(data) }} />;",
      "element.textContent = name;",
      "const ICON = '<svg/>';\nelement.innerHTML = ICON;",
      "res.send({ name: req.query.name });",
    ],
  },
  {
    rule: "path-traversal",
    bad: [
      'app.get("/f", (req, res) => res.sendFile("/data/" + req.params.name));',
      "fs.readFile(path.join(dir, req.query.file), done);",
      "const { file } = req.query;\nfs.createReadStream(`./up/${file}`);",
    ],
    good: [
      "fs.readFile(path.join(dir, path.basename(req.query.file)), done);",
      "fs.readFile(path.join(dir, name), done);",
      "res.sendFile(req.params.name, { root: dir });",
      'fs.readFileSync("a.txt");',
    ],
  },
  {
    rule: "archive-extraction",
    bad: ['import yauzl from "yauzl";\nzip.on("entry", (entry) => { write(path.join(target, entry.fileName)); });'],
    good: [
      'import yauzl from "yauzl";\nzip.on("entry", (entry) => { const to = path.join(target, entry.fileName); if (!to.startsWith(target)) throw new Error(); write(to); });',
      "const p = path.join(dir, entry.name);",
    ],
  },
  {
    rule: "server-side-request-forgery",
    bad: [
      "const r = await fetch(req.query.url);",
      "axios.get(`${req.body.host}/status`);",
      "const { url } = req.body;\nawait got(url);",
    ],
    good: [
      "await fetch(`https://api.example.com/u/${req.params.id}`);",
      "await fetch(url);",
      'await fetch("/api/" + req.params.id);',
      "self.addEventListener('fetch', (event) => fetch(event.request));",
      "map.get(req.query.url);",
    ],
  },
  {
    rule: "open-redirect",
    bad: ["res.redirect(req.query.next);", "const next = req.query.next;\nres.redirect(302, next);"],
    good: [
      'res.redirect("/home");',
      "res.redirect(`/users/${req.params.id}`);",
      "res.redirect(safeNext(req.query.next));",
      "redirect(target);",
    ],
  },
  {
    rule: "tls-verification-off",
    bad: [
      "const agent = new https.Agent({ rejectUnauthorized: false });",
      'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";',
      "process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = 0;",
    ],
    good: [
      "const agent = new https.Agent({ rejectUnauthorized: true });",
      "const a = { rejectUnauthorized: isProduction };",
    ],
  },
  {
    rule: "weak-tls",
    bad: ['tls.connect({ minVersion: "TLSv1" });'],
    good: ['tls.connect({ minVersion: "TLSv1.2" });', 'const a = { version: "TLSv1" };'],
  },
  {
    rule: "weak-password-hash",
    bad: ['const passwordHash = crypto.createHash("md5").update(password).digest("hex");'],
    good: [
      'const etag = crypto.createHash("md5").update(body).digest("hex");',
      'const h = crypto.createHash("sha256").update(password).digest();',
    ],
  },
  {
    rule: "weak-cipher",
    bad: [
      'crypto.createCipher("aes192", key);',
      'crypto.createCipheriv("aes-128-ecb", key, null);',
      'createDecipheriv("des-ede3", k, iv);',
    ],
    good: ['crypto.createCipheriv("aes-256-gcm", key, iv);'],
  },
  {
    rule: "weak-random",
    bad: [
      "const token = Math.random().toString(36).slice(2);",
      "function generateSessionId() { return Math.random() * 1e9; }",
      "user.resetToken = `${Math.random()}`;",
    ],
    good: [
      "const x = Math.random();",
      "const token = crypto.randomUUID();",
      "const colour = palette[Math.floor(Math.random() * 9)];",
    ],
  },
  {
    rule: "jwt-unverified",
    bad: ['jwt.verify(token, key, { algorithms: ["none"] });'],
    good: ['jwt.verify(token, key, { algorithms: ["RS256"] });'],
  },
  {
    rule: "hard-coded-signing-key",
    bad: ['jwt.sign({ id }, "shhh");', 'const KEY = "abc";\njwt.verify(token, KEY);'],
    good: ["jwt.sign({ id }, process.env.KEY);", "jwt.verify(token, key);", 'keys.sign(data, "sha256");'],
  },
  {
    rule: "unsafe-deserialisation",
    bad: ['const s = require("node-serialize");\ns.unserialize(req.cookies.profile);'],
    good: ["JSON.parse(text);", "php.unserialize(x);"],
  },
  {
    rule: "cors-with-credentials",
    bad: ["app.use(cors({ origin: true, credentials: true }));", 'cors({ credentials: true, origin: "*" });'],
    good: [
      'cors({ origin: "https://a.org", credentials: true });',
      "cors({ origin: true });",
      'fetch(u, { credentials: "include" });',
    ],
  },
  {
    rule: "cookie-flags",
    bad: [
      'res.cookie("session", id);',
      'res.cookie("auth_token", t, { secure: true });',
      'reply.setCookie("sid", x, { httpOnly: false });',
    ],
    good: [
      'res.cookie("session", id, { httpOnly: true, secure: true });',
      'res.cookie("theme", "dark");',
      'res.cookie("session", id, options);',
      'res.cookie("session", id, { ...defaults });',
    ],
  },
  {
    rule: "xml-external-entities",
    bad: ["libxml.parseXml(text, { noent: true });"],
    good: ["libxml.parseXml(text);", "libxml.parseXml(text, { noent: false });"],
  },
  {
    rule: "prototype-pollution",
    bad: [
      "app.post('/', (req) => { config[req.body.a][req.body.b] = 1; });",
      "function merge(t, s) { for (const key in s) { t[key] = isObject(s[key]) ? merge(t[key], s[key]) : s[key]; } return t; }",
    ],
    good: [
      "function merge(t, s) { for (const key in s) { if (key === '__proto__') continue; t[key] = merge(t[key], s[key]); } return t; }",
      "for (const key in s) t[key] = s[key];",
      "a[i][j] = 1;",
    ],
  },
  {
    rule: "regex-denial-of-service",
    bad: [
      String.raw`const a = /^(\w+\s?)*$/;`,
      String.raw`const b = /(a+)+b/;`,
      String.raw`const c = new RegExp("^([a-z]+)*$");`,
      String.raw`const d = /^(\d+\.?)+x/;`,
    ],
    good: [
      String.raw`const a = /^(?:\w+\.)*\w+$/;`,
      String.raw`const b = /(ab)+c/;`,
      String.raw`const c = /(?:[^"\\]|\\.)*/;`,
      String.raw`const d = /(\s*,\s*\w+)*$/;`,
      String.raw`const e = /([^,]+,)*$/;`,
      String.raw`const f = /(a+)+/;`,
    ],
  },
  {
    rule: "insecure-temporary-file",
    bad: ["fs.writeFileSync(`/tmp/app-${name}`, data);"],
    good: [
      "fs.writeFileSync(path.join(await mkdtemp(x), name), data);",
      "fs.writeFileSync(`/tmp/app-${randomUUID()}`, data);",
    ],
  },
  {
    rule: "bind-all-interfaces",
    bad: ['server.listen(80, "0.0.0.0");'],
    good: ['server.listen(80, "127.0.0.1");', "server.listen(80);"],
  },
  {
    rule: "world-writable",
    bad: ["fs.chmodSync(file, 0o777);", 'fs.chmod(file, "666", done);'],
    good: ["fs.chmodSync(file, 0o755);", "fs.chmodSync(file, 0o600);"],
  },
  {
    rule: "message-to-any-origin",
    bad: ['window.parent.postMessage(data, "*");'],
    good: ["window.parent.postMessage(data, origin);", 'worker.postMessage(data, "*");'],
  },
];
