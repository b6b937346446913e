/**
 * Waits, where a window of a rate limit is about to end, until the next has begun. Windows begin at whole multiples of
 * their length, and what was counted in one fades in the next: a test that uses a limit up stays within one.
 *
 * @param windowSeconds length of the limit's window, in seconds.
 * @param neededSeconds how long the test may take to use the limit up, in seconds.
 */
export async function withinOneWindow(windowSeconds: number, neededSeconds = 20): Promise<void> {
  const left = windowSeconds * 1000 - (Date.now() % (windowSeconds * 1000));
  if (left < neededSeconds * 1000) await new Promise((resolve) => setTimeout(resolve, left + 50));
}
