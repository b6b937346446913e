import type { Draw, Labelled } from "./labelled-set";

/** Texts that look like secrets to a careless eye. What is in one is made at run time, as in `labelled-set.ts`. */

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const HEX = `${DIGITS}abcdef`;
const ALNUM = UPPER + LOWER + DIGITS;
const BASE64 = `${ALNUM}+/`;

type Make = (draw: Draw) => Pick<Labelled, "path" | "text">;

const uuid = ({ text }: Draw) => [8, 4, 4, 4, 12].map((length) => text(HEX, length)).join("-");

const SORTS: Readonly<Record<string, readonly Make[]>> = {
  uuid: [
    (d) => ({ path: "src/ids.ts", text: `export const requestId = "${uuid(d)}";\n` }),
    (d) => ({ path: "config/app.yaml", text: `tenant: ${uuid(d)}\nsubscription: ${uuid(d)}\n` }),
    (d) => ({ path: "src/Guid.cs", text: `[Guid("${uuid(d)}")]\npublic class Token {}\n` }),
    (d) => ({ path: "app/models.py", text: `token_id = "${uuid(d)}"\n` }),
  ],
  hash: [
    (d) => ({ path: "src/release.py", text: `SHA256 = "${d.text(HEX, 64)}"\n` }),
    (d) => ({ path: "src/version.go", text: `var commit = "${d.text(HEX, 40)}"\n` }),
    (d) => ({ path: "src/etag.ts", text: `const etag = 'W/"${d.text(HEX, 32)}"';\n` }),
    (d) => ({ path: "config/app.yml", text: `password_hash: ${d.text(HEX, 64)}\n` }),
    (d) => ({ path: "db/seed.ts", text: `passwordHash: "$2b$10$${d.text(ALNUM, 53)}",\n` }),
    (d) => ({
      path: "deploy/chart.yaml",
      text: `image: app@sha256:${d.text(HEX, 64)}\nchecksum/secret: ${d.text(HEX, 64)}\n`,
    }),
  ],
  "lock integrity": [
    (d) => ({ path: "package-lock.json", text: `"integrity": "sha512-${d.text(BASE64, 86)}==",\n` }),
    (d) => ({ path: "yarn.lock", text: `  resolved "https://r.shop.io/a/-/a-1.0.0.tgz#${d.text(HEX, 40)}"\n` }),
    (d) => ({ path: "go.sum", text: `github.com/a/token v1.2.3 h1:${d.text(BASE64, 43)}=\n` }),
    (d) => ({ path: "index.html", text: `<script src="/a.js" integrity="sha384-${d.text(BASE64, 64)}"></script>\n` }),
    (d) => ({ path: "requirements.txt", text: `tokenize-rt==5.2.0 --hash=sha256:${d.text(HEX, 64)}\n` }),
  ],
  "base64 asset": [
    (d) => ({
      path: "src/logo.ts",
      text: `export const logo = "data:image/png;base64,iVBORw0KGgo${d.text(BASE64, 400)}==";\n`,
    }),
    (d) => ({
      path: "src/font.css",
      text: `src: url(data:font/woff2;base64,d09GMgABAAAA${d.text(BASE64, 600)}) format("woff2");\n`,
    }),
    (d) => ({
      path: "certs/ca.pem",
      text: `-----BEGIN CERTIFICATE-----\nMIID${d.text(BASE64, 60)}\n${d.text(BASE64, 64)}\n-----END CERTIFICATE-----\n`,
    }),
    (d) => ({
      path: "certs/pub.pem",
      text: `-----BEGIN PUBLIC KEY-----\n${d.text(BASE64, 64)}\n${d.text(BASE64, 64)}\n-----END PUBLIC KEY-----\n`,
    }),
    (d) => ({ path: ".ssh/id.pub", text: `ssh-rsa AAAAB3NzaC1yc2E${d.text(BASE64, 300)} me@shop\n` }),
    (d) => ({ path: "a.js.map", text: `{"version":3,"mappings":"AAAA;${d.text(`${ALNUM},;`, 400)}"}\n` }),
  ],
  placeholder: [
    (d) => ({
      path: ".env.example",
      text: `API_KEY=${d.pick(["your-api-key-here", "changeme", "xxxxxxxxxxxxxxxxxxxx", "<token>"])}\n`,
    }),
    (d) => ({
      path: "src/config.ts",
      text: `const apiKey = "${d.pick(["YOUR_API_KEY", "insert-key-here", "my-secret-token", "REPLACE_ME"])}";\n`,
    }),
    (d) => ({ path: "README.md", text: `export GITHUB_TOKEN=gh${"p_"}${d.pick(["x", "X", "1"]).repeat(36)}\n` }),
    () => ({ path: "docs/aws.md", text: `aws_access_key_id = AKIA${"IOSFODNN7EXAMPLE"}\n` }),
    () => ({ path: "docs/aws.md", text: `aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${"EXAMPLEKEY"}\n` }),
    (d) => ({
      path: "docs/stripe.md",
      text: `stripe.api_key = "sk_live_${d.pick(["...", "xxxxxxxxxxxxxxxxxxxxxxxx", "your_key"])}"\n`,
    }),
    () => ({
      path: "docs/key.md",
      text: ["-----BEGIN ", "PRIVATE KEY-----\n...\n-----END ", "PRIVATE KEY-----\n"].join(""),
    }),
    (d) => ({
      path: "docs/db.md",
      text: `DATABASE_URL=postgres://${d.pick(["user:password", "USER:PASS", "postgres:postgres"])}@localhost:5432/app\n`,
    }),
    (d) => ({
      path: "docs/db.md",
      text: `mongodb+srv://${d.pick(["<user>:<password>", "user:${PASSWORD}"])}@cluster0.abc.mongodb.net/app\n`,
    }),
    (d) => ({
      path: "docs/url.md",
      text: `https://${d.pick(["user:pass", "username:password", "foo:bar"])}@example.com/path\n`,
    }),
  ],
  "from elsewhere": [
    (d) => ({ path: "src/db.ts", text: `const password = process.env.${d.text(UPPER, 6)}_PASSWORD;\n` }),
    (d) => ({ path: "app/db.py", text: `password = os.environ["${d.text(UPPER, 6)}_PASSWORD"]\n` }),
    (d) => ({ path: ".github/workflows/ci.yml", text: `  token: \${{ secrets.${d.text(UPPER, 8)} }}\n` }),
    () => ({ path: "config/app.yaml", text: `password: \${DB_PASSWORD}\nsecret: !vault secret/data/app\n` }),
    () => ({
      path: "deploy/values.yaml",
      text: `password: "{{ .Values.db.password }}"\ntokenSecret: projects/1/secrets/app/versions/2\n`,
    }),
    (d) => ({
      path: "src/auth.ts",
      text: `const token = await getToken(user${d.int(1, 99)}, { secret: settings.secret });\n`,
    }),
    () => ({ path: "src/db.go", text: `password := cfg.Database.Password\ntoken := r.Header.Get("X-Auth-Token")\n` }),
    () => ({ path: "src/Db.java", text: `String password = config.getProperty("db.password.production1");\n` }),
  ],
  "code about secrets": [
    () => ({
      path: "src/form.tsx",
      text: `<input type="password" name="password" placeholder="Password1!" autoComplete="current-password" />\n`,
    }),
    () => ({ path: "src/errors.ts", text: `throw new Error("password: must have 8 characters and 1 digit");\n` }),
    (d) => ({
      path: "src/lexer.ts",
      text: `const token = "${d.pick(["identifier", "arrow-function", "template-literal-type", "bracketOpen2"])}";\n`,
    }),
    (d) => ({
      path: "src/i18n.json",
      text: `{ "password": "${d.pick(["Passwort ändern", "Choose a password (8+ characters)", "Kennwort"])}" }\n`,
    }),
    () => ({
      path: "src/headers.ts",
      text: `const TOKEN = "x-amz-security-token-v4";\nconst API_KEY = "x-goog-api-key-v1";\n`,
    }),
    () => ({ path: "src/keys.ts", text: `export const STORAGE_TOKEN = "app:session:access_token_v2";\n` }),
    () => ({ path: "src/url.ts", text: `const tokenSecret = "https://login.shop.io/oauth2/v2.0/token";\n` }),
    (d) => ({
      path: "src/alphabet.ts",
      text: `const token = "${UPPER}${LOWER}${DIGITS}";\nconst secret = "${"ab".repeat(d.int(10, 20))}";\n`,
    }),
    () => ({
      path: "src/validate.py",
      text: `assert password == password_confirmation, "passwords differ"\nif token != "": pass\n`,
    }),
    () => ({
      path: "src/schema.ts",
      text: `password: z.string().min(12),\napiKey: text("api_key").notNull(),\nsecret: "VARCHAR(255)",\n`,
    }),
    () => ({ path: "src/Errors.java", text: `static final String TOKEN = "com.shop.auth.InvalidTokenException2";\n` }),
    () => ({
      path: "src/css.ts",
      text: `const token = "--color-primary-500";\nconst pwd = "/usr/local/share/app1";\n`,
    }),
  ],
  "code that assigns": [
    () => ({
      path: "src/url.ts",
      text: `url.host = server; url.database = database; absoluteUrl.password = newPassword1;\n`,
    }),
    () => ({ path: "src/login.py", text: `host = ask("Host: "); password = getpass1('Password: ')\n` }),
    (d) => ({ path: "src/hmac.d.ts", text: ` * - computeHMAC('', 'test_secret') => '${d.text(HEX, 64)}'\n` }),
  ],
  "minified code": [
    (d) => ({
      path: "src/vendor.js",
      text: `!function(e,t){var n=e.token||"${d.text(LOWER, 2)}",r={password:"",secret:t.secret,token:n};e.a=function(){return r.token+"${d.text(ALNUM, 6)}"}}(this,window);\n`,
    }),
    (d) => ({
      path: "src/chunk.js",
      text: `(self.webpackChunk=self.webpackChunk||[]).push([[${d.int(100, 999)}],{${d.int(1000, 9999)}:(e,t)=>{t.token="${d.text(LOWER, 8)}"}}]);//# ${d.text(HEX, 20)}\n`,
    }),
  ],
  "public by design": [
    (d) => ({
      path: "src/stripe.ts",
      text: `loadStripe("pk_live_${d.text(ALNUM, 24)}");\nloadStripe("pk_test_${d.text(ALNUM, 99)}");\n`,
    }),
    (d) => ({
      path: "src/sentry.ts",
      text: `dsn: "https://${d.text(HEX, 32)}@o${d.int(1, 99_999)}.ingest.sentry.io/${d.int(1, 99_999)}"\n`,
    }),
    (d) => ({
      path: "src/ga.html",
      text: `gtag("config", "G-${d.text(UPPER + DIGITS, 10)}"); analytics("UA-${d.int(100_000, 999_999)}-1");\n`,
    }),
    (d) => ({ path: "src/twilio.ts", text: `const accountSid = "AC${d.text(HEX, 32)}";\n` }),
    (d) => ({ path: "src/recaptcha.html", text: `<div data-sitekey="6L${d.text(ALNUM, 38)}"></div>\n` }),
    (d) => ({ path: "contracts/a.ts", text: `const token = "0x${d.text(HEX, 40).replace(/^./, "a")}";\n` }),
    (d) => ({ path: "src/csrf.html", text: `<meta name="csrf-token" content="${d.text(ALNUM, 40)}">\n` }),
  ],
  "part of something longer": [
    (d) => ({
      path: "src/blob.ts",
      text: `const blob = "${d.text(ALNUM, 50)}AK${"IA"}${d.text(UPPER, 16)}${d.text(ALNUM, 50)}";\n`,
    }),
    (d) => ({ path: "src/blob2.ts", text: `const data = "${d.text(ALNUM, 40)}S${"K"}${d.text(HEX, 40)}";\n` }),
    (d) => ({ path: "src/blob3.ts", text: `const id = "npm${"_"}${d.text(LOWER, 9)}_${d.text(LOWER, 26)}";\n` }),
    (d) => ({ path: "src/blob4.ts", text: `import "${d.text(LOWER, 8)}/whsec${"_"}${d.text(LOWER, 12)}.js";\n` }),
  ],
};

/** `perMaker` texts of each sort and way of writing it; nothing may be found in any. */
export function lookAlikes(draw: Draw, perMaker: number): Labelled[] {
  return Object.entries(SORTS).flatMap(([label, makers]) =>
    makers.flatMap((make) =>
      Array.from({ length: perMaker }, (): Labelled => ({ kind: null, label, secret: "", ...make(draw) })),
    ),
  );
}
