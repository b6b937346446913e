/**
 * Runs in <head> before anything is painted: takes theme and viewer from their cookies
 * (lib/kernel/viewer.ts) to attributes of <html>, where CSS reads them. So nothing flashes or moves, and
 * prerendered pages stay the same for everybody. Inline because a request would hold up the first paint;
 * under a content security policy its hash below admits it (with a nonce or 'strict-dynamic' too).
 * Values from cookies only ever pass the two closed patterns.
 */
export const FIRST_PAINT_SCRIPT =
  "(function(d,c){" +
  "var t=/(?:^|; )theme=(light|dark)(?:;|$)/.exec(c),v=/(?:^|; )viewer=(member|campaign_admin|operator)(?:;|$)/.exec(c);" +
  't&&d.setAttribute("data-theme",t[1]);' +
  'v&&d.setAttribute("data-viewer",v[1])' +
  "})(document.documentElement,document.cookie)";

/** Source expression for `script-src`; a test computes it anew. */
export const FIRST_PAINT_CSP_HASH = "'sha256-dt/XjVxhManTfWGFhv9M/+BjDZBBbdxRTLf4uGAOvIo='";
