// The cover of the item under the pointer. Plotly's own hover shows text only, so this listens to the picture beside it.
//
// Covers of lit items come with the data; for any other the server is asked once the pointer rests.

const REST_MS = 120;
const DRAWN_MS = 300; // until the picture is looked for again
const REPLACED_MS = 1000; // until one of another height, which is another element, is found
const RESIZED = 1.2; // times wider or narrower

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

const hasWebGL = () => {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl") ?? canvas.getContext("experimental-webgl"));
};
let webGL; // a context is dear, so it is asked for once a window

class Cover {
  constructor(root) {
    this.root = root;
    this.known = {};
    this.over = (event) => this.point(event.points?.[0]);
    this.out = () => this.leave();
    this.resized = () => this.fit();
  }

  show(data, ask, tell) {
    this.data = data;
    this.ask = ask;
    this.tell = tell;
    Object.assign(this.known, data.known);
    this.listen();
    this.draw(this.row ?? data.resting);
  }

  listen() {
    const graph = document.querySelector(`.st-key-${this.data.picture} .js-plotly-plot`);
    if (graph?.on && (graph !== this.graph || graph.explorerCover !== this)) this.listenTo(graph);
    clearTimeout(this.again);
    this.again = setTimeout(() => this.listen(), graph?.on ? REPLACED_MS : DRAWN_MS);
  }

  listenTo(graph) {
    this.stop();
    this.graph = graph;
    graph.explorerCover = this;
    this.width = this.data.width ?? graph.clientWidth; // that it was drawn for
    if (this.width < this.data.narrow && this.data.width === null) this.tell(Math.round(this.width)); // it is too high
    this.fit(); // the window may have changed since
    window.addEventListener("resize", this.resized);
    graph.on("plotly_hover", this.over);
    graph.on("plotly_unhover", this.out);
  }

  point(point) {
    const row = point?.customdata;
    if (row === undefined || row === null) return;
    this.row = String(row);
    this.draw(this.row, point.text);
    clearTimeout(this.wait);
    if (!this.known[this.row]) this.wait = setTimeout(() => this.ask(Number(row)), REST_MS);
  }

  leave() {
    clearTimeout(this.wait);
    this.row = undefined;
    this.draw(this.data.resting);
  }

  draw(row, title) {
    const card = this.root.querySelector(".card"), known = this.known[row];
    if (!known && !title) {
      if (row) return; // its cover is on the way
      card.replaceChildren(element("p", "hint", this.data.hint));
      return;
    }
    const parts = [];
    if (known) {
      const image = element("img");
      image.src = known.image;
      image.alt = "";
      parts.push(image);
    } else parts.push(element("div", "frame"));
    parts.push(element("h4", "", known ? known.title : title));
    if (known) {
      if (known.roles.length) {
        const list = element("ul");
        list.append(...known.roles.map((role) => element("li", "", role)));
        parts.push(list);
      }
      parts.push(element("p", "", known.about));
    }
    card.replaceChildren(...parts);
  }

  // Plotly widens what is shown with every change of the picture's shape, and never takes it back: the server draws anew.
  fit() {
    clearTimeout(this.fitting);
    this.fitting = setTimeout(() => {
      const width = this.graph.clientWidth, times = width / this.width;
      if (!width || (times < RESIZED && times > 1 / RESIZED)) return; // 0: it has been taken away
      this.width = width;
      this.tell(Math.round(width));
    }, 500);
  }

  stop() {
    clearTimeout(this.again);
    clearTimeout(this.wait);
    clearTimeout(this.fitting);
    window.removeEventListener("resize", this.resized);
    this.graph?.removeListener?.("plotly_hover", this.over);
    this.graph?.removeListener?.("plotly_unhover", this.out);
  }
}

const covers = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let cover = covers.get(parentElement);
  if (!cover) covers.set(parentElement, (cover = new Cover(parentElement)));
  cover.show(
    data,
    (row) => setTriggerValue("hovered", row),
    (width) => setTriggerValue("resized", width),
  );
  if (!data.plain && !(webGL ??= hasWebGL())) setTriggerValue("plain", true);
  return () => {
    cover.stop();
    covers.delete(parentElement);
  };
}
