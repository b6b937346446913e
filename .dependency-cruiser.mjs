/**
 * The arrow table of docs/architecture.md as rules: which room may import which. It is the one law for
 * arrows, because it sees through aliases, relative paths, type imports and transitive reach.
 *
 * tests/laws/arrows.test.ts runs it over the project and over tests/laws/planted/arrows, where each
 * rule below is broken on purpose at least once.
 */

/** The domains. Folders inside one (`analysis/scan`, `giving/pledge`) are rooms of the same flat. */
const DOMAIN = "^lib/(account|analysis|giving|learning)/";
/** A domain's files that are pure: the browser loads them too. */
const PURE = "[a-zA-Z0-9/-]*/(?:rules|schemas|events|errors)\\.ts$";
const PURE_FROM = "^lib/(account|analysis|giving|learning)" + PURE;
const TEST = "\\.test\\.tsx?$";
const NPM = "node_modules/";
/** Rooms of a platform folder that every other platform folder may stand on. */
const PLATFORM_GROUND = "^lib/platform/(?:resilience|telemetry|supabase|redis|realtime|outbox)/";
/** What the browser may have of the platform. */
const BROWSER = "^lib/platform/(?:supabase/browser|realtime/(?:browser|channels|presence|use-channel))\\.tsx?$";
const PRODUCT = "^(?:app|components|lib|inngest|worker|proxy\\.ts|instrumentation(?:-client)?\\.ts)";

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const forbidden = [
  {
    name: "no-circular",
    comment: "Two files that need each other are one file, or hide a third. Move what both need into its own.",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "not-to-unresolvable",
    comment: "An import that cannot be resolved is an arrow that no rule sees.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true, pathNot: "^(?:npm:|jsr:|https:)" },
  },
  {
    name: "not-to-test",
    comment: "A test is imported by nothing. Move what is shared into tests/support.",
    severity: "error",
    from: {},
    to: { path: TEST },
  },
  {
    name: "product-not-to-workshop",
    comment: "tests, devstack, bench and scripts are the workshop: the product does not stand on them.",
    severity: "error",
    from: { path: PRODUCT, pathNot: TEST },
    to: { path: "^(?:tests|devstack|bench|scripts)/" },
  },
  {
    name: "product-not-to-dev-dependency",
    comment: "What the product imports at run time must be in `dependencies`.",
    severity: "error",
    from: { path: PRODUCT, pathNot: TEST },
    to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only", "npm"], pathNot: "node_modules/@types/" },
  },
  {
    name: "devstack-not-to-product",
    comment: "The embedded stack stands in for services; it may not know the product that uses them.",
    severity: "error",
    from: { path: "^devstack/", pathNot: TEST },
    to: { path: PRODUCT },
  },
  {
    name: "kernel-imports-nothing",
    comment: "The kernel imports nothing, not even a package or a Node module: every runtime loads it.",
    severity: "error",
    from: { path: "^lib/kernel/", pathNot: TEST },
    to: { pathNot: "^lib/kernel/" },
  },
  {
    name: "env-only-on-kernel",
    comment: "env may import kernel, its own folder and packages.",
    severity: "error",
    from: { path: "^lib/env/", pathNot: TEST },
    to: { path: "^[a-z]", pathNot: ["^lib/(?:kernel|env)/", NPM], dependencyTypesNot: ["core"] },
  },
  {
    name: "platform-on-its-ground",
    comment:
      "A platform folder may import kernel, env, itself and platform/{resilience,telemetry,supabase,redis,realtime,outbox}.",
    severity: "error",
    from: { path: "^lib/platform/([^/]+)/", pathNot: TEST },
    to: {
      path: "^[a-z]",
      pathNot: ["^lib/(?:kernel|env)/", "^lib/platform/$1/", PLATFORM_GROUND, NPM],
      dependencyTypesNot: ["core"],
    },
  },
  {
    name: "access-on-platform",
    comment: "access may import kernel, platform and its own folder.",
    severity: "error",
    from: { path: "^lib/access/", pathNot: TEST },
    to: { path: "^[a-z]", pathNot: ["^lib/(?:kernel|platform|access)/", NPM], dependencyTypesNot: ["core"] },
  },
  {
    name: "pure-only-on-kernel",
    comment: "A domain's rules, schemas, events and errors may import kernel and each other: the browser loads them.",
    severity: "error",
    from: { path: PURE_FROM, pathNot: TEST },
    to: { path: "^[a-z]", pathNot: ["^lib/kernel/", `^lib/$1${PURE}`, NPM] },
  },
  {
    name: "domain-within-itself",
    comment:
      "A domain may import kernel, platform and itself; never another domain. Domains meet in pages and in events.",
    severity: "error",
    from: { path: DOMAIN, pathNot: [TEST, PURE_FROM] },
    to: { path: "^[a-z]", pathNot: ["^lib/(?:kernel|platform)/", "^lib/$1/", NPM], dependencyTypesNot: ["core"] },
  },
  {
    name: "domain-without-framework",
    comment: "A domain knows no framework: not next, react or inngest. The room that calls it does.",
    severity: "error",
    from: { path: DOMAIN, pathNot: TEST },
    to: { path: "node_modules/(?:next|react|react-dom|inngest)/" },
  },
  {
    name: "lib-in-known-rooms",
    comment: "A new folder in lib/ is a new room: give it a row in the arrow table (and in this file) first.",
    severity: "error",
    from: { path: "^lib/", pathNot: ["^lib/(?:kernel|env|access|platform)/", DOMAIN] },
    to: {},
  },
  {
    name: "workflows-only-on-lib",
    comment: "inngest and worker may import lib and their own folder.",
    severity: "error",
    from: { path: "^(inngest|worker)/", pathNot: TEST },
    to: { path: "^[a-z]", pathNot: ["^lib/", "^$1/", NPM], dependencyTypesNot: ["core"] },
  },
  {
    name: "components-take-props",
    comment:
      "Components get props and give events: kernel, a domain's schemas and rules, and the browser's platform files.",
    severity: "error",
    from: { path: "^components/", pathNot: TEST },
    to: {
      path: "^[a-z]",
      pathNot: [
        "^components/",
        "^lib/kernel/",
        "^lib/(?:account|analysis|giving|learning)[a-zA-Z0-9/-]*/(?:schemas|rules)\\.ts$",
        BROWSER,
        NPM,
        "^public/",
      ],
    },
  },
  {
    name: "app-on-lib-and-components",
    comment: "app may import lib and components.",
    severity: "error",
    from: { path: "^(?:app/|proxy\\.ts$|instrumentation)", pathNot: [TEST, "^app/api/inngest/"] },
    to: {
      path: "^[a-z]",
      pathNot: ["^(?:app|lib|components)/", NPM, "^package\\.json$"],
      dependencyTypesNot: ["core"],
    },
  },
  {
    name: "inngest-only-from-its-route",
    comment: "app/api/inngest alone also imports inngest.",
    severity: "error",
    from: { path: "^app/api/inngest/", pathNot: TEST },
    to: { path: "^[a-z]", pathNot: ["^(?:app|lib|components|inngest)/", NPM], dependencyTypesNot: ["core"] },
  },
  {
    name: "trusted-only-from-stores",
    comment: "The service key's closed list of functions is called by store.ts files alone.",
    severity: "error",
    from: { pathNot: ["^lib/[a-zA-Z0-9/-]*/store\\.ts$", "^tests/", TEST] },
    to: { path: "^lib/platform/supabase/trusted\\.ts$" },
  },
  {
    name: "components-never-reach-trusted",
    comment: "No component reaches the service key, not even through a store.",
    severity: "error",
    from: { path: "^components/", pathNot: TEST },
    to: { path: "^lib/platform/supabase/trusted\\.ts$", reachable: true },
  },
  {
    name: "components-never-reach-server-env",
    comment: "No component reaches the server's environment.",
    severity: "error",
    from: { path: "^components/", pathNot: TEST },
    to: { path: "^lib/env/server\\.ts$", reachable: true },
  },
];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden,
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(?:\\.next|\\.devstack|coverage|supabase/functions|tests/laws/planted)/" },
    // Type imports are arrows too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mts", ".mjs", ".js", ".cjs", ".json", ".d.ts"],
      mainFields: ["module", "main", "types", "typings"],
    },
  },
};
