/**
 * Waits for `work`, but no longer than `limitMs`. For closing what may never answer: the driver's
 * `end()` hangs when its server died while it was reconnecting.
 * @returns whether the work ended in time; a failure of the work is passed on.
 */
export async function within(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
