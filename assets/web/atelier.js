// Loads the interface and says in plain words what is going on. No inline script: the page's policy allows none.

import "./frames.js";
import init from "./atelier_web.js";

const message = document.getElementById("atelier-message");
const words = document.getElementById("atelier-words");
const details = document.getElementById("atelier-details");

function fail(reason) {
  message.hidden = false;
  message.setAttribute("role", "alert");
  words.textContent = "Atelier could not start here. Reload the page; if it stays like this, use the command line or " +
    "the plain window (atelier open --native). Your work is safe.";
  details.hidden = false;
  details.textContent = String(reason && reason.message ? reason.message : reason);
}

window.addEventListener("atelier-started", () => { message.hidden = true; });
window.addEventListener("atelier-failed", (event) => fail(event.detail));
// A panic in the interface ends it; the studio behind it goes on and has everything that was saved.
window.addEventListener("atelier-panicked", (event) => fail(event.detail));

if (typeof WebAssembly !== "object") {
  fail("This browser has no WebAssembly.");
} else {
  init({ module_or_path: new URL("atelier_web_bg.wasm", import.meta.url) }).catch(fail);
}
