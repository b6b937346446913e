/**
 * Compares two versions by their numbers, part by part; a pre-release (`1.2.0-rc.1`, `1.2.0rc1`) comes before its
 * release. Enough to order the versions of one package; no range is ever decided by it, OSV does that.
 */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [parse(one), parse(other)];
  for (let index = 0; index < Math.max(left.numbers.length, right.numbers.length); index += 1) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.rest === right.rest) return 0;
  if (left.rest === "") return 1;
  if (right.rest === "") return -1;
  return left.rest < right.rest ? -1 : 1;
}

function parse(version: string): { readonly numbers: readonly number[]; readonly rest: string } {
  const [, numbers = "0", rest = ""] = /^v?(\d+(?:\.\d+)*)([^+]*)/.exec(version) ?? [];
  return { numbers: numbers.split(".").map(Number), rest };
}
