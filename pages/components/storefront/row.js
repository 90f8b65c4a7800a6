// One row of the storefront for one or two people: covers that scroll by mouse, keyboard and touch, and say what moved.
//
// A click on a cover goes to the server as what was clicked and by whom; the next list slides from the old places.

const DRAWN = "data:image/svg+xml";
const TWIN = "storefront-twin";
const STEP = 0.8; // of the visible width, for the buttons at the ends

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

class Row {
  constructor(root) {
    this.root = root;
    this.onTwin = ({ detail }) => this.light(detail);
    window.addEventListener(TWIN, this.onTwin);
  }

  show(data, tell) {
    this.tell = tell;
    const said = JSON.stringify(data);
    if (said === this.said) return;
    const places = this.places(), focused = this.focused();
    this.said = said;
    const halves = element("div", `halves n${data.people.length}`);
    halves.append(...data.people.map((person) => this.half(person, data)));
    const scrolled = [...this.root.querySelectorAll("ul")].map((list) => list.scrollLeft);
    this.root.querySelector(".place").replaceChildren(halves);
    this.root.querySelectorAll("ul").forEach((list, at) => { list.scrollLeft = data.kept ? scrolled[at] ?? 0 : 0; this.ends(list); });
    this.slide(places);
    this.focus(focused);
  }

  focused() {
    const button = this.root.activeElement, entry = button?.closest?.("li");
    if (!entry) return null;
    return { spot: button.dataset.spot, letter: entry.dataset.letter, at: [...entry.parentElement.children].indexOf(entry) };
  }

  focus(before) { // where it was; in the same place where the cover has left the row
    if (!before) return;
    const covers = [...this.root.querySelectorAll(`li[data-letter="${CSS.escape(before.letter)}"]`)];
    const same = this.root.querySelector(`[data-spot="${CSS.escape(before.spot)}"]`);
    (same ?? covers[Math.min(before.at, covers.length - 1)]?.querySelector("button"))?.focus({ preventScroll: true });
  }

  half(person, data) {
    const half = element("section", `half ${data.kind}`);
    half.setAttribute("aria-label", `${person.title}, ${person.who}`);
    const head = element("div", "head");
    const title = element("h3", "", person.title);
    if (data.people.length > 1 && !person.title.includes(person.who)) title.append(element("span", "of", ` · ${person.who}`));
    head.append(title);
    if (person.note) head.append(element("p", "note", person.note));
    half.append(head);
    if (!person.items.length) {
      half.append(element("p", "nothing", person.empty));
      return half;
    }
    const rail = element("div", "rail"), list = element("ul");
    list.setAttribute("role", "list");
    list.dataset.ownKeys = ""; // while presenting, arrow keys stay here
    list.append(...person.items.map((item, at) => this.cover(item, at, person, data)));
    list.addEventListener("keydown", (event) => this.key(event, list));
    list.addEventListener("scroll", () => this.ends(list), { passive: true });
    rail.append(this.arrow(list, -1), list, this.arrow(list, 1));
    half.append(rail);
    return half;
  }

  cover(item, at, person, data) {
    const entry = element("li", [item.mark && "moved", item.mark.startsWith("▼") && "down", item.shared && "shared"].filter(Boolean).join(" "));
    entry.dataset.id = item.id;
    entry.dataset.letter = person.letter;
    const button = element("button", "cover"), picture = element("img");
    picture.src = data.images[item.id];
    picture.alt = "";
    picture.loading = "lazy";
    picture.draggable = false;
    button.append(picture);
    const own = !picture.src.startsWith(DRAWN); // a picture of the data's own has no title on it
    if (own) button.classList.add("own");
    button.type = "button";
    button.tabIndex = at ? -1 : 0;
    button.dataset.spot = `${person.letter} ${item.id} click`;
    button.disabled = !person.clickable;
    button.title = [item.label, item.promoted && "promoted", item.why].filter(Boolean).join(" · ");
    button.setAttribute("aria-label", [item.label, `place ${at + 1}`, item.promoted && "promoted", item.mark && item.why, item.shared && data.shared].filter(Boolean).join(", "));
    button.onclick = () => this.tell("act", { what: "click", item: item.id, letter: person.letter });
    const more = element("button", "more", "i");
    more.type = "button";
    more.tabIndex = at ? -1 : 0;
    more.dataset.spot = `${person.letter} ${item.id} more`;
    more.title = `About ${item.label}`;
    more.setAttribute("aria-label", `About ${item.label}`);
    more.onclick = () => this.tell("act", { what: "about", item: item.id, letter: person.letter });
    entry.append(button, more);
    if (item.mark) entry.append(element("span", "mark", item.mark));
    if (item.promoted) entry.append(element("span", "star", item.promoted));
    if (item.shared) {
      entry.append(element("span", "link", data.letters));
      for (const type of ["pointerenter", "focusin"]) entry.addEventListener(type, () => this.twin(item.id));
      for (const type of ["pointerleave", "focusout"]) entry.addEventListener(type, () => this.twin(""));
    }
    if (own) entry.append(element("span", "title", item.label));
    if (item.why && item.mark && !item.mark.startsWith("▼")) entry.append(element("span", "why", item.why));
    return entry;
  }

  arrow(list, way) {
    const button = element("button", `arrow ${way < 0 ? "left" : "right"}`, way < 0 ? "‹" : "›");
    button.type = "button";
    button.tabIndex = -1; // the keyboard has its arrows
    button.setAttribute("aria-hidden", "true");
    button.onclick = () => list.scrollBy({ left: way * STEP * list.clientWidth, behavior: this.still() ? "auto" : "smooth" });
    return button;
  }

  ends(list) {
    const rail = list.parentElement, last = list.scrollWidth - list.clientWidth;
    rail.classList.toggle("at-start", list.scrollLeft < 4);
    rail.classList.toggle("at-end", list.scrollLeft > last - 4);
  }

  key(event, list) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    const kind = event.target.classList.contains("more") ? ".more" : ".cover";
    const all = [...list.querySelectorAll(kind)], now = all.indexOf(event.target);
    const next = all[Math.min(all.length - 1, Math.max(0, now + steps[event.key]))];
    event.preventDefault();
    event.stopPropagation();
    list.querySelectorAll("button").forEach((button) => { button.tabIndex = -1; });
    next.closest("li").querySelectorAll("button").forEach((button) => { button.tabIndex = 0; });
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  twin(id) { window.dispatchEvent(new CustomEvent(TWIN, { detail: id })); }

  light(id) {
    this.root.querySelectorAll("li.shared").forEach((entry) => entry.classList.toggle("lit", Boolean(id) && entry.dataset.id === id));
  }

  places() {
    const found = new Map();
    this.root.querySelectorAll("li").forEach((entry) => found.set(`${entry.dataset.letter} ${entry.dataset.id}`, entry.offsetLeft));
    return found;
  }

  slide(before) {
    if (!before.size || this.still()) return;
    this.root.querySelectorAll("li").forEach((entry) => {
      const from = before.get(`${entry.dataset.letter} ${entry.dataset.id}`);
      const frames = from === undefined
        ? [{ opacity: 0, transform: "scale(0.8)" }, { opacity: 1, transform: "none" }]
        : [{ transform: `translateX(${from - entry.offsetLeft}px)` }, { transform: "none" }];
      if (from !== entry.offsetLeft) entry.animate(frames, { duration: 600, easing: "cubic-bezier(0.2, 0.8, 0.2, 1)" });
    });
  }

  still() { return matchMedia("(prefers-reduced-motion: reduce)").matches; }

  end() { window.removeEventListener(TWIN, this.onTwin); }
}

const rows = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  if (!rows.has(parentElement)) rows.set(parentElement, new Row(parentElement));
  rows.get(parentElement).show(data, setTriggerValue);
  return () => { rows.get(parentElement)?.end(); rows.delete(parentElement); };
}
