// When the interface draws.
//
// eframe asks the browser for the next frame after every frame, only to look whether something is to be drawn: sixty
// wake-ups a second while nothing happens. Here such a request rests until there is something to look at: an event of the
// page, a message from the studio (`wake`), or the moment that the interface has set itself (`rest`).
//
// Invariants: a request is answered at most once; one that was taken back is never answered; a request that does not
// come from within a frame never rests. Until the interface has said when it needs its next frame, none rests.

/** What an event sets off may come a little later; until then no request rests. */
const LIVELY_MILLIS = 250;
/** A browser's timers count in 31 bits. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/** Whatever may change what is drawn. Moving the pointer counts while it is over the page. */
const EVENTS = [
  "beforeinput", "blur", "click", "compositionend", "compositionstart", "compositionupdate", "contextmenu", "copy", "cut",
  "dragenter", "dragleave", "dragover", "drop", "focus", "focusin", "focusout", "gesturechange", "gestureend",
  "gesturestart", "hashchange", "input", "keydown", "keyup", "load", "mousedown", "mouseleave", "mousemove", "mouseup",
  "pagehide", "pageshow", "paste", "pointercancel", "pointerdown", "pointermove", "pointerup", "popstate", "resize",
  "scroll", "touchcancel", "touchend", "touchmove", "touchstart", "visibilitychange", "wheel",
];

const nextFrame = window.requestAnimationFrame.bind(window);
const dropFrame = window.cancelAnimationFrame.bind(window);

/** Requests that were not answered yet, by number. One that rests has no frame. */
const requests = new Map();
/** Below zero: the browser's own numbers are above. */
let lastNumber = 0;
let isInFrame = false;
let livelyUntil = 0;
/** When the interface needs its next frame. */
let dueAt = 0;
let timer = 0;

function isLively() {
  const now = performance.now();
  return now < livelyUntil || now >= dueAt;
}

function pass(number, request) {
  request.frame = nextFrame((time) => {
    requests.delete(number);
    isInFrame = true;
    try {
      request.callback(time);
    } finally {
      isInFrame = false;
    }
  });
}

function passAll() {
  clearTimeout(timer);
  timer = 0;
  for (const [number, request] of requests) {
    if (request.frame === null) pass(number, request);
  }
}

function setTimer() {
  clearTimeout(timer);
  timer = dueAt === Infinity ? 0 : setTimeout(passAll, Math.min(dueAt - performance.now(), MAX_TIMER_MILLIS));
}

window.requestAnimationFrame = (callback) => {
  lastNumber -= 1;
  const request = { callback, frame: null };
  requests.set(lastNumber, request);
  if (!isInFrame || isLively()) pass(lastNumber, request);
  else setTimer();
  return lastNumber;
};

window.cancelAnimationFrame = (number) => {
  const request = requests.get(number);
  requests.delete(number);
  if (request && request.frame !== null) dropFrame(request.frame);
};

window.atelierFrames = {
  /** Something happened that may change what is drawn. */
  wake() {
    livelyUntil = performance.now() + LIVELY_MILLIS;
    passAll();
  },
  /** The interface has drawn and needs its next frame so many milliseconds from now; never, where that is infinite. */
  rest(millis) {
    dueAt = performance.now() + millis;
  },
  /** Whether nothing at all is going to happen until something wakes the interface. */
  isAsleep() {
    return timer === 0 && requests.size > 0 && [...requests.values()].every((request) => request.frame === null);
  },
};

const wake = window.atelierFrames.wake;
// In the capturing phase, before a handler stops the event; the frame itself comes after all handlers.
for (const name of EVENTS) window.addEventListener(name, wake, { capture: true, passive: true });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", wake);
new ResizeObserver(wake).observe(document.getElementById("atelier"));
