/** Whether a process exists, also when it belongs to someone else. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Waits until a process is gone.
 * @throws Error when it is still there after `timeoutMs`.
 */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline)
      throw new Error(
        `Process ${pid} did not end within ${timeoutMs / 1000} s. End it (kill -9 ${pid}) and start again.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
