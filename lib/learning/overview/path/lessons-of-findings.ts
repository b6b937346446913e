/**
 * Which lesson a finding of the security phase leads to, by its weakness in MITRE's list (CWE): the rules of the analysis come and
 * go, the weakness they name stays. What is missing here has no lesson: a lockfile, a cipher, a server's settings.
 */
const LESSONS: Readonly<Record<string, string>> = {
  // Values that become code, markup, commands or objects.
  "CWE-78": "input-validation",
  "CWE-79": "input-validation",
  "CWE-94": "input-validation",
  "CWE-95": "input-validation",
  "CWE-502": "input-validation",
  "CWE-601": "input-validation",
  "CWE-611": "input-validation",
  "CWE-943": "input-validation",
  "CWE-1336": "input-validation",
  "CWE-89": "sql",
  "CWE-22": "path-traversal",
  "CWE-918": "request-forgery",
  "CWE-1321": "prototype-pollution",
  "CWE-1333": "slow-patterns",
  // Keys and passwords where they can be read.
  "CWE-321": "secrets",
  "CWE-522": "secrets",
  "CWE-798": "secrets",
  "CWE-916": "secrets",
  // Who may do what, and from where.
  "CWE-346": "authorisation",
  "CWE-347": "authorisation",
  "CWE-352": "authorisation",
  "CWE-942": "authorisation",
};

/** @returns the slug of the lesson about a weakness (`CWE-89`), or null where there is none */
export function lessonOfWeakness(cwe: string): string | null {
  return LESSONS[cwe] ?? null;
}

/** Each weakness that has a lesson, with it. */
export const WEAKNESSES_WITH_LESSONS: readonly (readonly [cwe: string, lesson: string])[] = Object.entries(LESSONS);
