// Beats for the Realtime socket where the page's own timers are throttled. It is a file of ours, and not
// the blob that the client would make, so that the content security policy needs no `blob:`.
addEventListener("message", (event) => {
  if (event.data.event === "start") setInterval(() => postMessage({ event: "keepAlive" }), event.data.interval);
});
