/** A public repository at one commit, with what GitHub Linguist says of it. */
export interface PublicRepository {
  readonly owner: string;
  readonly name: string;
  readonly commit: string;
  /** Bytes by language: `github-linguist --json` 7.22.1 (Debian's ruby-github-linguist), on this commit, 2026-11-26. */
  readonly linguist: Readonly<Record<string, number>>;
}

export const REPOSITORIES: readonly PublicRepository[] = [
  {
    owner: "expressjs",
    name: "express",
    commit: "a3714473feb3d2908add734d340e7755fd85e0a3",
    linguist: { JavaScript: 499_237 },
  },
  {
    owner: "colinhacks",
    name: "zod",
    commit: "e516c3baf22615e20934116abebfed6c000222c2",
    linguist: { TypeScript: 3_129_378, HTML: 18_546, JavaScript: 13_299, CSS: 3_862, Shell: 239 },
  },
  {
    owner: "pallets",
    name: "flask",
    commit: "2ac89889f4cc330eabd50f295dcef02828522c69",
    linguist: { Python: 566_541, HTML: 405, Shell: 226, CSS: 18 },
  },
  {
    owner: "gin-gonic",
    name: "gin",
    commit: "dcaa4296d111981ffb31ac3eba90bb63e1eb5ab9",
    linguist: { Go: 682_119, Makefile: 3_010 },
  },
  { owner: "google", name: "gson", commit: "9835b6f90192f79cdf5300c528fc6212455fb6c1", linguist: { Java: 1_990_917 } },
  {
    owner: "BurntSushi",
    name: "ripgrep",
    commit: "3fce3b5bb0236da2df6d99672afb8a719642eca7",
    linguist: { Rust: 1_902_104, Python: 47_804, Shell: 37_198, Roff: 13_889, Ruby: 804, Lua: 192 },
  },
  {
    owner: "sinatra",
    name: "sinatra",
    commit: "cb22afd7902b566b6eaba6c4ea89739494a65d12",
    linguist: { Ruby: 696_430, HTML: 1_685, Haml: 605, Slim: 498, Sass: 72, Liquid: 70, SCSS: 36, Stylus: 16 },
  },
  {
    owner: "redis",
    name: "redis",
    commit: "4f8cdc2a1ea53e42955af758aabffee67cb455dd",
    linguist: {
      C: 6_758_227,
      Tcl: 2_262_633,
      Python: 40_222,
      Makefile: 25_996,
      Shell: 23_545,
      Ruby: 23_260,
      "C++": 5_987,
      Smarty: 1_047,
      JavaScript: 953,
    },
  },
];
