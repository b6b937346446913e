/**
 * A set of texts with known secrets and known look-alikes, made from a seed. Every value is put together at run time: no file of
 * this repository holds one, so no scanner (ours included) has anything to report here.
 */

export interface Labelled {
  /** The kind that must be found, or null where nothing may be. */
  readonly kind: string | null;
  /** For the table that is printed: the kind, or the sort of look-alike. */
  readonly label: string;
  readonly path: string;
  readonly text: string;
  /** The secret in it. */
  readonly secret: string;
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const HEX = `${DIGITS}abcdef`;
const ALNUM = UPPER + LOWER + DIGITS;
const URLSAFE = `${ALNUM}_-`;
const BASE64 = `${ALNUM}+/`;

export interface Draw {
  readonly text: (alphabet: string, length: number) => string;
  readonly pick: <T>(of: readonly T[]) => T;
  readonly int: (from: number, to: number) => number;
}

export function drawing(random: () => number): Draw {
  const int = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const pick = <T>(of: readonly T[]): T => {
    const one = of[int(0, of.length - 1)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  };
  return {
    int,
    pick,
    text: (alphabet, length) => Array.from({ length }, () => alphabet[int(0, alphabet.length - 1)]).join(""),
  };
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function jwtOf({ text, pick }: Draw): string {
  const claims = { iss: `https://${text(LOWER, 8)}.io`, sub: text(HEX, 24), aud: text(LOWER, 6), scope: "read write" };
  return `${base64url({ alg: pick(["HS256", "RS256", "ES256"]), typ: "JWT" })}.${base64url(claims)}.${text(URLSAFE, pick([43, 86]))}`;
}

function pemOf({ text, pick }: Draw): string {
  const type = pick([
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "DSA PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
  ]);
  const body = Array.from({ length: 6 }, () => text(BASE64, 64)).join("\n");
  return ["-----BEGIN ", type, "-----\n", body, "\n-----END ", type, "-----"].join("");
}

/** A password that a person or a tool makes: letters of both sorts, digits, and mostly a special character. */
function passwordOf({ text, pick, int }: Draw): string {
  const word = () => pick([UPPER, LOWER]) && text(UPPER, 1) + text(LOWER, int(3, 5));
  return pick([
    () => text(`${ALNUM}!@#%^*_+-`, int(12, 20)) + text(DIGITS, 2) + text("!@#*", 1),
    () => `${word()}${text("!@#*-", 1)}${text(DIGITS, int(2, 4))}${word()}`,
  ])();
}

type Maker = (draw: Draw) => string;

/** How each kind's value is made. Those that are only known by what stands round them have a maker in `STRUCTURES`. */
const VALUES: Readonly<Record<string, Maker>> = {
  "aws-access-key-id": (d) => `AK${"IA"}${d.text(`${UPPER}234567`, 16)}`,
  "google-api-key": (d) => `AI${"za"}Sy${d.text(URLSAFE, 32)}${d.text(ALNUM, 1)}`,
  "google-oauth-client-secret": (d) => `GOC${"SPX"}-${d.text(URLSAFE, 27)}${d.text(ALNUM, 1)}`,
  "digitalocean-token": (d) => `dop_${"v1_"}${d.text(HEX, 64)}`,
  "databricks-token": (d) => `da${"pi"}${d.text(HEX, 32)}`,
  "terraform-cloud-token": (d) => `${d.text(ALNUM, 14)}.atl${"asv1."}${d.text(ALNUM, 67)}`,
  "vault-token": (d) => `hv${"s."}${d.text(URLSAFE, 90)}A1`,
  "doppler-token": (d) => `dp${".pt."}${d.text(ALNUM, 43)}`,
  "heroku-api-key": (d) => `HR${"KU-"}${d.text(ALNUM, 60)}`,
  "supabase-key": (d) => `sb${"p_"}${d.text(HEX, 40)}`,
  "github-token": (d) => `gh${d.pick(["p", "o", "u", "s", "r"])}_${d.text(ALNUM, 36)}`,
  "github-fine-grained-token": (d) => `github${"_pat_"}${d.text(ALNUM, 22)}_${d.text(ALNUM, 59)}`,
  "gitlab-token": (d) => `gl${"pat-"}${d.text(URLSAFE, 18)}A1`,
  "bitbucket-token": (d) => `AT${"BB"}${d.text(ALNUM, 32)}`,
  "npm-token": (d) => `npm${"_"}${d.text(ALNUM, 34)}A1`,
  "pypi-token": (d) => `pypi-${"AgEIcHlwaS5vcmc"}${d.text(URLSAFE, 129)}a`,
  "rubygems-token": (d) => `rubygems${"_"}${d.text(HEX, 48)}`,
  "docker-token": (d) => `dckr${"_pat_"}${d.text(ALNUM, 27)}`,
  "sentry-token": (d) => `sntry${"u_"}${d.text(HEX, 64)}`,
  "grafana-token": (d) => `gl${"sa_"}${d.text(ALNUM, 32)}_${d.text(HEX, 8)}`,
  "newrelic-key": (d) => `NR${"AK-"}${d.text(UPPER + DIGITS, 27)}`,
  "linear-key": (d) => `lin${"_api_"}${d.text(ALNUM, 40)}`,
  "stripe-secret-key": (d) => `${d.pick(["sk", "rk"])}_${d.pick(["live", "test"])}_${d.text(ALNUM, d.pick([24, 99]))}`,
  "stripe-webhook-secret": (d) => `wh${"sec_"}${d.text(ALNUM, 30)}A1`,
  "square-token": (d) => `sq0${"atp-"}${d.text(ALNUM, 22)}`,
  "shopify-token": (d) => `sh${"pat_"}${d.text(HEX, 32)}`,
  "slack-token": (d) => `xo${"xb-"}${d.text(DIGITS, 12)}-${d.text(DIGITS, 13)}-${d.text(ALNUM, 24)}`,
  "slack-webhook": (d) =>
    `https://hooks.slack${".com/services/"}T${d.text(UPPER, 8)}/B${d.text(UPPER + DIGITS, 9)}/${d.text(ALNUM, 24)}`,
  "discord-webhook": (d) => `https://discord${".com/api/webhooks/"}1${d.text(DIGITS, 17)}/${d.text(ALNUM, 68)}`,
  "discord-bot-token": (d) =>
    `${Buffer.from(`1${d.text(DIGITS, 17)}`).toString("base64")}.${d.text(ALNUM, 6)}.${d.text(ALNUM, 38)}`,
  "telegram-bot-token": (d) => `${d.int(100_000_000, 9_999_999_999)}:A${"A"}${d.text(ALNUM, 31)}Q7`,
  "sendgrid-key": (d) => `S${"G."}${d.text(ALNUM, 22)}.${d.text(ALNUM, 43)}`,
  "twilio-key": (d) => `S${"K"}${d.text(HEX, 32)}`,
  "mailgun-key": (d) => `ke${"y-"}${d.text(HEX, 32)}`,
  "mailchimp-key": (d) => `${d.text(HEX, 32)}-us${d.int(1, 21)}`,
  "openai-key": (d) => `sk-${d.pick(["", "proj-"])}${d.text(ALNUM, 20)}T3Blbk${"FJ"}${d.text(ALNUM, 20)}`,
  "anthropic-key": (d) => `sk-ant${"-api03-"}${d.text(URLSAFE, 93)}AA`,
  "groq-key": (d) => `gs${"k_"}${d.text(ALNUM, 52)}`,
  "huggingface-token": (d) => `h${"f_"}${d.text(UPPER + LOWER, 34)}`,
  "replicate-token": (d) => `r${"8_"}${d.text(ALNUM, 37)}`,
  "age-secret-key": (d) => `AGE-SECRET${"-KEY-1"}${d.text("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)}`,
  jwt: jwtOf,
  "hard-coded-key": (d) => d.text(d.pick([HEX, ALNUM]), d.pick([32, 40, 48])),
  "hard-coded-password": passwordOf,
};

/** Whole texts, for kinds that are known by what stands round them. */
const STRUCTURES: Readonly<Record<string, (draw: Draw) => Pick<Labelled, "path" | "text" | "secret">>> = {
  "private-key": (d) => {
    const secret = pemOf(d);
    if (d.int(0, 1) === 0)
      return { path: d.pick(["deploy/id_rsa", "certs/server.key", "src/keys.pem"]), text: `${secret}\n`, secret };
    const inline = secret.replaceAll("\n", "\\n");
    const text = `{\n  "type": "service_account",\n  "project_id": "shop",\n  "private_key": "${inline}",\n}\n`;
    return { path: "config/account.json", text, secret: inline };
  },
  "aws-secret-access-key": (d) => {
    const secret = d.text(BASE64, 40);
    const text = d.pick([
      `aws_secret_access_key = ${secret}\n`,
      `export AWS_SECRET_ACCESS_KEY="${secret}"\n`,
      `new S3({ secretAccessKey: '${secret}' })\n`,
      `client = boto3.client("s3", aws_secret_access_key="${secret}")\n`,
    ]);
    return { path: d.pick(["deploy/credentials", "src/s3.ts"]), text, secret };
  },
  "azure-storage-key": (d) => {
    const secret = `${d.text(BASE64, 86)}==`;
    return {
      path: "src/blob.cs",
      text: `var c = "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${secret};EndpointSuffix=core.windows.net";\n`,
      secret,
    };
  },
  "azure-shared-access-key": (d) => {
    const secret = `${d.text(BASE64, 43)}=`;
    const text = `Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${secret}\n`;
    return { path: "appsettings.json", text, secret };
  },
  "database-url": (d) => {
    const secret = `${d.text(ALNUM, d.int(9, 16))}${d.text(DIGITS, 2)}`;
    const scheme = d.pick(["postgres", "postgresql", "mysql", "mongodb+srv", "redis", "amqps", "postgresql+asyncpg"]);
    const text = `DATABASE_URL=${scheme}://${d.text(LOWER, 6)}:${secret}@db-7.${d.text(LOWER, 8)}.com:5432/app\n`;
    return { path: ".env.production", text, secret };
  },
  "url-credentials": (d) => {
    const secret = `${d.text(ALNUM, 12)}${d.text(DIGITS, 2)}`;
    const text = `git remote add mirror https://${d.text(LOWER, 5)}:${secret}@git.${d.text(LOWER, 7)}.com/app.git\n`;
    return { path: "scripts/mirror.sh", text, secret };
  },
  "connection-string-password": (d) => {
    const secret = `${d.text(ALNUM, 11)}9Z`;
    const text = `var c = "Server=sql-2.${d.text(LOWER, 6)}.com;Database=shop;User Id=app;Password=${secret};Encrypt=True";\n`;
    return { path: "src/Db.cs", text, secret };
  },
  "authorization-header": (d) => {
    const basic = Buffer.from(`admin:${d.text(ALNUM, 12)}7`).toString("base64");
    const [scheme, secret] = d.pick([
      ["Bearer", `${d.text(ALNUM, 36)}123`],
      ["Basic", basic],
    ] as const);
    return {
      path: "scripts/call.sh",
      text: `curl -H 'Authorization: ${scheme} ${secret}' https://api.shop.io/v1/orders\n`,
      secret,
    };
  },
  "npm-registry-auth": (d) => {
    const secret = d.text(ALNUM, 40);
    return { path: ".npmrc", text: `//registry.shop.io/:_authToken=${secret}\nsave-exact=true\n`, secret };
  },
  "netrc-password": (d) => {
    const secret = passwordOf(d);
    return { path: ".netrc", text: `machine git.shop.io\n  login ci\n  password ${secret}\n`, secret };
  },
};

/** Places where people leave a secret. The name fits what a generic kind needs to go by. */
const CONTEXTS: readonly ((name: string, value: string) => Pick<Labelled, "path" | "text">)[] = [
  (name, value) => ({ path: "src/config.ts", text: `import { x } from "./x";\nexport const ${name} = "${value}";\n` }),
  (name, value) => ({ path: "app/settings.py", text: `DEBUG = False\n${name.toUpperCase()} = '${value}'\n` }),
  (name, value) => ({ path: ".env", text: `PORT=3000\n${name.toUpperCase()}=${value}\nHOST=0.0.0.0\n` }),
  (name, value) => ({ path: "config/app.yaml", text: `server:\n  port: 80\n  ${name}: ${value}\n` }),
  (name, value) => ({ path: "config/app.json", text: `{ "port": 80, "${name}": "${value}" }\n` }),
  (name, value) => ({
    path: "cmd/main.go",
    text: `package main\n\nfunc main() {\n\t${name} := "${value}"\n\trun(${name})\n}\n`,
  }),
  (name, value) => ({
    path: "src/Main.java",
    text: `class Main {\n  private static final String ${name} = "${value}";\n}\n`,
  }),
  (name, value) => ({ path: "src/main.rs", text: `const ${name.toUpperCase()}: &str = "${value}";\n` }),
  (name, value) => ({ path: "deploy/Dockerfile", text: `FROM node:24\nENV ${name.toUpperCase()}=${value}\n` }),
  (name, value) => ({ path: "main.tf", text: `resource "x" "y" {\n  ${name} = "${value}"\n}\n` }),
  (name, value) => ({ path: "src/db.js", text: `connect({ user: "app", ${name}: process.env.DB || '${value}' });\n` }),
];

const NAMES: Readonly<Record<string, readonly string[]>> = {
  "hard-coded-password": ["password", "db_password", "adminPassword", "smtp_passwd"],
  "hard-coded-key": ["api_key", "clientSecret", "jwt_secret", "access_token", "encryption_key"],
  "discord-bot-token": ["bot_token", "discordToken"],
};

/** `perKind` texts with one secret each, for every kind. */
export function positives(draw: Draw, perKind: number): Labelled[] {
  const made: Labelled[] = [];
  for (const [kind, make] of Object.entries(VALUES)) {
    for (let at = 0; at < perKind; at += 1) {
      const secret = make(draw);
      const context = draw.pick(CONTEXTS);
      made.push({
        kind,
        label: kind,
        secret,
        ...context(draw.pick(NAMES[kind] ?? ["value", "credential", "api_key"]), secret),
      });
    }
  }
  for (const [kind, make] of Object.entries(STRUCTURES)) {
    for (let at = 0; at < perKind; at += 1) made.push({ kind, label: kind, ...make(draw) });
  }
  return made;
}
