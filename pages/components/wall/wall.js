// A wall of pictures that are clicked by mouse, touch and keyboard; what changed place slides there.
//
// One picture is in the order of Tab, the arrow keys go to the others; Enter and the space bar click.

const DRAWN = "data:image/svg+xml";

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

class Wall {
  constructor(root) {
    this.root = root;
    this.resized = new ResizeObserver(() => this.cut());
    this.resized.observe(root.querySelector(".place"));
  }

  show(data, tell) {
    this.tell = tell;
    const said = JSON.stringify(data);
    if (said === this.said) return;
    this.said = said;
    this.data = data;
    const before = this.places(), focused = this.root.activeElement?.dataset?.id;
    const at = [...this.root.querySelectorAll("button")].findIndex((button) => button.dataset.id === focused);
    const list = element("ul");
    list.setAttribute("role", "list");
    list.setAttribute("aria-label", data.label);
    list.style.setProperty("--size", `${data.size}px`);
    list.append(...data.pictures.map((picture, at) => this.entry(picture, at, data)));
    list.addEventListener("keydown", (event) => this.key(event, list));
    const place = this.root.querySelector(".place");
    place.className = `place ${data.kind}`;
    place.replaceChildren(list);
    this.cut();
    this.slide(before);
    if (focused) { // where it was; in the same place where the picture has left the wall
      const buttons = [...this.root.querySelectorAll("button")];
      const same = buttons.find((button) => button.dataset.id === focused);
      (same ?? buttons[Math.min(at, buttons.length - 1)])?.focus({ preventScroll: true });
    }
  }

  entry(picture, at, data) {
    const entry = element("li"), clickable = data.clickable;
    const box = element(clickable ? "button" : "div", "picture"), frame = element("span", "frame"), image = element("img");
    entry.dataset.spot = picture.id;
    image.src = picture.image;
    image.alt = clickable || data.kind === "faces" ? "" : picture.label;
    image.draggable = false;
    frame.append(image);
    box.append(frame);
    if (data.kind === "faces") box.append(element("span", "name", picture.label));
    else if (!picture.image.startsWith(DRAWN)) { // a picture of the data's own has no title on it
      frame.classList.add("own");
      box.append(element("span", "title", picture.label));
    }
    if (picture.below) box.append(element("span", "below", picture.below));
    if (clickable) {
      box.type = "button";
      box.tabIndex = at ? -1 : 0;
      box.dataset.id = picture.id;
      box.title = picture.label;
      const place = data.numbered ? `place ${at + 1}` : "";
      box.setAttribute("aria-label", [picture.label, place, picture.badge_label, picture.below].filter(Boolean).join(", "));
      if (picture.pressed !== null) box.setAttribute("aria-pressed", String(picture.pressed));
      box.onclick = () => this.tell("act", { id: picture.id });
    }
    entry.append(box);
    if (picture.badge) {
      const badge = element("span", "badge", picture.badge);
      badge.setAttribute("aria-hidden", "true");
      entry.append(badge);
    }
    return entry;
  }

  cut() { // after so many rows, whatever the width
    const list = this.root.querySelector("ul");
    if (!list || !this.data.rows) return;
    const columns = getComputedStyle(list).gridTemplateColumns.split(" ").length;
    [...list.children].forEach((entry, at) => { entry.hidden = at >= columns * this.data.rows; });
  }

  key(event, list) {
    const all = [...list.querySelectorAll("button")].filter((button) => !button.parentElement.hidden);
    const columns = getComputedStyle(list).gridTemplateColumns.split(" ").length, now = all.indexOf(event.target);
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -Infinity, End: Infinity };
    if (!(event.key in steps) || now < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = all[Math.min(all.length - 1, Math.max(0, now + steps[event.key]))];
    event.preventDefault();
    event.stopPropagation();
    all.forEach((button) => { button.tabIndex = -1; });
    next.tabIndex = 0;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  places() {
    const found = new Map();
    this.root.querySelectorAll("li").forEach((entry) => found.set(entry.dataset.spot, [entry.offsetLeft, entry.offsetTop]));
    return found;
  }

  slide(before) {
    if (!before.size || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.root.querySelectorAll("li").forEach((entry) => {
      const from = before.get(entry.dataset.spot);
      const [x, y] = from ? [from[0] - entry.offsetLeft, from[1] - entry.offsetTop] : [0, 0];
      if (from && !x && !y) return;
      const frames = from
        ? [{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }]
        : [{ opacity: 0, transform: "scale(0.8)" }, { opacity: 1, transform: "none" }];
      entry.animate(frames, { duration: 600, easing: "cubic-bezier(0.2, 0.8, 0.2, 1)" });
    });
  }

  end() { this.resized.disconnect(); }
}

const walls = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  if (!walls.has(parentElement)) walls.set(parentElement, new Wall(parentElement));
  walls.get(parentElement).show(data, setTriggerValue);
  return () => { walls.get(parentElement)?.end(); walls.delete(parentElement); };
}
