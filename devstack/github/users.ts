/** The people of the GitHub emulator. Their addresses end in .test, which no mail server can own. */
export const GITHUB_USERS = [
  {
    login: "octo-learner",
    name: "Octavia Learner",
    email: "octo-learner@devmentor.test",
    bio: "Learns from her own code.",
  },
  {
    login: "octo-maintainer",
    name: "Ona Maintainer",
    email: "octo-maintainer@devmentor.test",
    bio: "Keeps libraries running.",
  },
  { login: "octo-newcomer", name: "Nils Newcomer", email: "octo-newcomer@devmentor.test", bio: "Has just begun." },
] as const;

export type GithubLogin = (typeof GITHUB_USERS)[number]["login"];
