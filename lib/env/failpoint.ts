let armed: string | undefined;
let answered = 0;

/**
 * Dies, as a crash would, once a call of this process to the outside is answered, when `DEVMENTOR_FAILPOINT` says which: `3`, the
 * third from now on, or `stripe POST /v1/refunds#1`, the first of that name. Only tests set it. All that outlives a process is
 * written by such calls, so there are no other places at which work could be left half done in another way.
 * @param call service and operation, from a closed set; told on the standard error before the end, so that a test knows where it was
 */
export function dieAfterCall(call: string): void {
  const at = process.env["DEVMENTOR_FAILPOINT"];
  if (at === undefined) {
    armed = undefined;
    return;
  }
  if (at !== armed) {
    armed = at;
    answered = 0;
  }
  const [, name, nth] = /^(?:(.+)#)?(\d+)$/.exec(at) ?? [];
  if (name !== undefined && name !== call) return;
  answered += 1;
  if (answered !== Number(nth)) return;
  // A write to a pipe is done when this returns.
  process.stderr.write(`failpoint ${call}\n`);
  process.kill(process.pid, "SIGKILL");
}
