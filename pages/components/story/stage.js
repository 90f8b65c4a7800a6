// Presenter mode in the browser: keys of a remote control, the subject scaled and lit, notes in a second window.
//
// Both windows are tabs of one browser and talk over a BroadcastChannel, so nothing of it reaches the server or other
// browsers. The buttons that a key presses are the screen's own, found by the keys of keys.py.

const CHANNEL = "personalize-explorer-stage";
const MIN_ZOOM = 0.55, MAX_ZOOM = 1.5, MAX_TRIES = 8, GAP = 8, SETTLE_MS = 120;
const TYPED = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, [contenteditable=true]";
const OWN_KEYS = "[role=slider], [role=radiogroup], [role=listbox], [role=combobox], [role=grid], [role=menu], [data-own-keys], canvas, iframe";
const MOVES = ["wheel", "touchmove", "pointerdown"]; // a press on the page itself is on its scroll bar
const FORWARD = ["PageDown", "ArrowRight", "ArrowDown"], BACK = ["PageUp", "ArrowLeft", "ArrowUp"];

const find = (key) => document.querySelector(`.st-key-${key}`);
const press = (key) => {
  const button = find(key)?.querySelector("button:not([disabled])");
  button?.click();
  return Boolean(button);
};

class Stage {
  constructor() {
    this.data = null;
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = ({ data }) => this.heard(data);
    this.onKey = (event) => this.key(event);
    this.soon = () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.fit(), SETTLE_MS); };
    this.observer = new MutationObserver(this.soon);
    window.addEventListener("keydown", this.onKey, true);
    window.addEventListener("resize", this.soon);
    this.onMove = (event) => { if (event.type !== "pointerdown" || event.target.dataset?.testid === "stMain") this.moved = true; };
    for (const moves of MOVES) window.addEventListener(moves, this.onMove, { passive: true });
    this.observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  }

  show(data) {
    const before = this.data;
    this.data = data;
    if (before?.step !== data.step || before?.presenting !== data.presenting) this.begin();
    this.tell();
    this.soon();
  }

  begin() {
    this.tries = 0;
    this.moved = false; // whether the presenter has scrolled since the step began
    this.lit = null;
    if (!this.data.presenting) this.undress();
  }

  end() {
    clearTimeout(this.timer);
    this.observer.disconnect();
    this.channel.close();
    window.removeEventListener("keydown", this.onKey, true);
    window.removeEventListener("resize", this.soon);
    for (const moves of MOVES) window.removeEventListener(moves, this.onMove);
    this.undress();
    document.querySelector(".stage-black")?.remove();
  }

  // --- keys

  key(event) {
    if (!this.data?.presenting || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    const typing = target instanceof Element && target.closest(TYPED);
    const owned = target instanceof Element && target.closest(OWN_KEYS);
    if (typing && !event.key.startsWith("Page")) return;
    if (owned && event.key.startsWith("Arrow")) return;
    if (event.key === " " && (this.data.plays || (target instanceof Element && target.closest("button, a, label")))) return;
    if (document.querySelector("[role=dialog]")) return;
    if (this.act(event.key)) { event.preventDefault(); event.stopPropagation(); }
  }

  act(key) {
    if (key === "b" || key === "." ) { this.black(); return true; }
    if (key === "Escape") { if (!this.unblack()) press("story_leave"); return true; }
    if (FORWARD.includes(key) || key === " ") { this.unblack(); press("story_next"); return true; }
    if (BACK.includes(key)) { this.unblack(); press("story_back"); return true; }
    return false;
  }

  black() {
    if (this.unblack()) return;
    const sheet = document.createElement("div");
    sheet.className = "stage-black";
    document.body.append(sheet);
  }

  unblack() {
    const sheet = document.querySelector(".stage-black");
    sheet?.remove();
    return Boolean(sheet);
  }

  // --- the second window

  tell() { if (this.data?.presenting) this.channel.postMessage({ told: this.data }); }

  heard(message) {
    if (message.asks) this.tell();
    if (message.key && this.data?.presenting) this.act(message.key);
  }

  // --- the subject

  fit() {
    if (!this.data?.presenting) return;
    const app = document.querySelector("[data-testid=stApp]"), main = document.querySelector("[data-testid=stMain]");
    if (!app || !main) return;
    const style = getComputedStyle(app);
    document.body.style.setProperty("--stage-background", style.backgroundColor);
    document.body.style.setProperty("--stage-text", style.color);
    const subject = this.data.step ? find("subject") : null, said = main.querySelector("h3");
    document.body.dataset.stage = subject && said ? "subject" : "page";
    if (!subject || !said) { this.unlight(); return; }
    const top = this.headline(said.textContent) + GAP, bottom = this.bar() - GAP;
    this.light(subject, main);
    while (this.scale(subject, bottom - top));
    this.scroll(subject, main, top);
  }

  headline(text) {
    let head = document.querySelector(".stage-head");
    if (!head) {
      head = document.createElement("div");
      head.className = "stage-head";
      head.setAttribute("aria-hidden", "true"); // the heading itself is still on the page
      document.body.append(head);
    }
    if (head.textContent !== text) head.textContent = text;
    return head.getBoundingClientRect().height;
  }

  bar() {
    const bar = find("story_bar");
    return bar ? bar.getBoundingClientRect().top : window.innerHeight;
  }

  light(subject, main) {
    if (this.lit !== subject) { this.unlight(); this.lit = subject; this.tries = 0; }
    const root = main.querySelector("[data-testid=stMainBlockContainer]");
    for (let inner = subject; inner && inner !== root; inner = inner.parentElement) {
      for (const other of inner.parentElement.children) if (other !== inner) other.toggleAttribute("data-dimmed", true);
      inner.removeAttribute("data-dimmed");
    }
  }

  unlight() {
    document.querySelectorAll("[data-dimmed]").forEach((element) => element.removeAttribute("data-dimmed"));
    if (this.lit) this.lit.style.zoom = "";
    if (document.body.dataset.stage !== "subject") document.querySelector(".stage-head")?.remove();
    this.lit = null;
  }

  // Return whether the size has changed. That may move line breaks, so it is measured again before a frame is painted.
  scale(subject, room) {
    const now = Number(subject.style.zoom || 1), height = subject.getBoundingClientRect().height;
    if (!height || this.tries >= MAX_TRIES) return false;
    const wanted = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, (now * room) / height));
    const grows = wanted > now * 1.04 && this.tries < MAX_TRIES / 2; // a late growth would swing
    if (wanted >= now * 0.995 && !grows) return false;
    this.tries += 1;
    subject.style.zoom = String(Math.floor(wanted * 100) / 100);
    subject.style.setProperty("--stage-zoom", subject.style.zoom);
    this.soon(); // charts follow their new width later
    return true;
  }

  scroll(subject, main, top) {
    if (!this.moved) main.scrollTop += subject.getBoundingClientRect().top - top;
  }

  undress() {
    delete document.body.dataset.stage;
    this.unlight();
    document.querySelector(".stage-head")?.remove();
  }
}

class Notes {
  constructor(root) {
    this.root = root;
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = ({ data }) => { if (data.told) this.draw(data.told); };
    this.onKey = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("button")) return;
      if ([...FORWARD, ...BACK, " ", "b", "."].includes(event.key)) { this.send(event.key); event.preventDefault(); }
    };
    window.addEventListener("keydown", this.onKey, true);
    this.draw(null);
    this.channel.postMessage({ asks: true });
  }

  send(key) { this.channel.postMessage({ key }); }

  end() { this.channel.close(); window.removeEventListener("keydown", this.onKey, true); }

  line(kind, text) {
    const element = document.createElement(kind === "h3" ? "h3" : "p");
    if (kind !== "h3") element.className = kind;
    element.textContent = text;
    this.root.append(element);
  }

  part(label, text, kind = "said") { if (text) { this.line("label", label); this.line(kind, text); } }

  draw(told) {
    this.root.replaceChildren();
    if (!told || !told.step) {
      this.line("h3", told ? "The story has not begun" : "No window presents");
      this.line("said", told ? "Press Start, or Page Down." : "Open presenter mode in another window of this browser.");
    } else {
      this.line("label", `Step ${told.step} of ${told.n_steps}`);
      this.line("h3", told.title);
      this.part("Say", told.say);
      this.part("Do", told.do);
      this.part("Point at", told.number, "number");
      this.part("Next", told.next_title);
      this.part("Next number", told.next_number);
    }
    for (const [label, key] of [["Back", "PageUp"], ["Next", "PageDown"], ["Black", "b"]]) {
      const button = document.createElement("button");
      button.textContent = label;
      button.onclick = () => this.send(key);
      this.root.append(button);
    }
  }
}

export default function ({ data, parentElement }) {
  const role = data.notes ? "notes" : "stage", name = `__explorer_${role}`;
  window[`${name}_end`]?.cancel?.();
  if (role === "notes") {
    const root = parentElement.querySelector(".stage-notes");
    if (window[name]?.root !== root) { window[name]?.end(); window[name] = new Notes(root); }
  } else {
    window[name] ??= new Stage();
    window[name].show(data);
  }
  return () => {
    // a page switch mounts the component again at once: what it has dressed stays until then
    const timer = setTimeout(() => { window[name]?.end(); window[name] = undefined; }, 1500);
    window[`${name}_end`] = { cancel: () => clearTimeout(timer) };
  };
}
