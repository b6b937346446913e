/** Metadata as it is after an update: an empty value takes its key away, null takes all. */
export function mergeMetadata(
  present: Record<string, string> | null,
  given: Record<string, string> | null | undefined,
): Record<string, string> {
  if (given === undefined) return present ?? {};
  const merged = given === null ? {} : { ...present, ...given };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ""));
}
