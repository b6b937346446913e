let answered = 0;

/**
 * Dies, as a crash would, once the n-th call of this process to the outside is answered, when `DEVMENTOR_FAILPOINT` says
 * n; only tests set it. All that outlives a process is written by such calls, so there are no other places at which work
 * could be left half done in another way.
 */
export function dieAfterCall(): void {
  const nth = process.env["DEVMENTOR_FAILPOINT"];
  if (nth === undefined) return;
  answered += 1;
  if (answered === Number(nth)) process.kill(process.pid, "SIGKILL");
}
