// Roles and names that elements of Streamlit lack, given again whenever the page has changed; the new headline, said; what
// a select calls typed text; the space bar, left to the button that the keyboard has reached; and toolbars as one stop of
// the Tab key.

const SETTLE_MS = 150;
const TOOLBAR = "[data-testid=stElementToolbar], .modebar";
const TYPED = "[role=option][data-key=__creatable__]";
const STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

const levels = (main) => {
  // the headline is the page's first heading, and what stands under it the second level, whatever their sizes
  main.querySelectorAll("h1, h2, h3, h4, h5, h6").forEach((heading, place) => {
    const level = place === 0 ? "1" : "2";
    if (heading.getAttribute("aria-level") !== level) heading.setAttribute("aria-level", level);
  });
};

const menu = (app) => {
  // its entries lie in groups, which a list may not contain: groups with the names of their headings
  const list = app.querySelector("ul[data-testid=stSidebarNavItems]:not([role])");
  if (!list) return;
  list.setAttribute("role", "none");
  for (const group of list.children) {
    const name = group.querySelector("[data-testid=stNavSectionHeader] p")?.textContent;
    if (name) { group.setAttribute("role", "group"); group.setAttribute("aria-label", name); }
    for (const entry of group.querySelectorAll("li")) entry.setAttribute("role", "none");
  }
};

const charts = (main) => {
  // a picture has one text as a whole; its marks are no pictures of their own
  for (const drawn of main.querySelectorAll(".stVegaLiteChart svg:not([aria-hidden])")) drawn.setAttribute("aria-hidden", "true");
};

const reach = (element, order) => {
  // a value that is written again would be a change of the page
  if (element.getAttribute("tabindex") !== String(order)) element.tabIndex = order;
};

const scrolls = (main) => {
  // what can be scrolled can be scrolled by the keyboard
  for (const block of main.querySelectorAll("[data-testid=stVerticalBlock], [data-testid=stHorizontalBlock]")) {
    const inner = block.scrollHeight > block.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(block).overflowY);
    if (inner) reach(block, 0);
    else if (block.hasAttribute("tabindex")) block.removeAttribute("tabindex");
  }
};

const tools = (bar) => [...bar.querySelectorAll("button")];

const toolbars = (main) => {
  // the toolbar of a picture or a table is one stop, shown while it has the focus (look.css); arrow keys move inside it
  for (const bar of main.querySelectorAll(TOOLBAR)) {
    const buttons = tools(bar), stop = buttons.find((button) => button === document.activeElement) ?? buttons[0];
    if (!bar.hasAttribute("role")) {
      bar.setAttribute("role", "toolbar");
      bar.setAttribute("aria-label", "Tools");
    }
    for (const button of buttons) reach(button, button === stop ? 0 : -1);
  }
};

const alongTools = (event) => {
  const bar = STEPS[event.key] && event.target.closest?.(TOOLBAR);
  if (!bar) return;
  const buttons = tools(bar), at = buttons.indexOf(event.target) + STEPS[event.key];
  const next = buttons[Math.min(Math.max(at, 0), buttons.length - 1)];
  for (const button of buttons) reach(button, button === next ? 0 : -1);
  next.focus();
  event.preventDefault();
};

const typed = () => {
  // a select that is also a search offers "Add: hitchcock"; nothing is added. A filter takes a value as it was typed
  for (const offer of document.querySelectorAll(TYPED)) {
    const words = document.createTreeWalker(offer, NodeFilter.SHOW_TEXT).nextNode();
    if (!words?.data.startsWith("Add: ")) continue;
    const asked = document.querySelector("[role=combobox][aria-expanded=true]")?.closest("[class*=st-key-filter_]");
    words.data = `${asked ? "Use" : "Search for"} “${words.data.slice(5)}”`;
  }
};

let headline = null;

const announce = (main) => {
  // screen readers read the headline when a click has changed it: nothing else says that the click did something
  const said = main.querySelector("h1, h2, h3")?.textContent.trim();
  if (!said || said === headline) return;
  if (headline !== null) {
    let status = document.querySelector(".pe-said");
    if (!status) {
      status = document.body.appendChild(document.createElement("div"));
      status.className = "pe-said";
      status.setAttribute("role", "status");
    }
    setTimeout(() => { status.textContent = said; }, SETTLE_MS); // a status that is new must be there before its text
  }
  headline = said;
};

const ownSpace = (event) => {
  // a shortcut on the space bar (Play of Live events) would take it; a button that was clicked by mouse lets it
  if (event.key === " " && event.target.closest?.(".stButton button:focus-visible")) event.stopPropagation();
};

const mend = () => {
  const app = document.querySelector("[data-testid=stApp]"), main = app?.querySelector("[data-testid=stMain]");
  if (!main) return;
  levels(main);
  menu(app);
  charts(main);
  scrolls(main);
  toolbars(main);
  announce(main);
};

export default function () {
  if (!window.__explorer_look) {
    let timer;
    const soon = () => { timer ??= setTimeout(() => { timer = undefined; mend(); }, SETTLE_MS); };
    new MutationObserver(() => { typed(); soon(); }).observe(document.body, { childList: true, subtree: true, characterData: true });
    window.addEventListener("keydown", ownSpace, true);
    window.addEventListener("keydown", alongTools, true);
    window.__explorer_look = soon;
  }
  window.__explorer_look();
}
