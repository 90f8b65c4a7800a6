// Roles and names that elements of Streamlit lack, given again whenever the page has changed; the new headline, said; and
// the space bar, left to the button that the keyboard has reached.

const SETTLE_MS = 150;

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

const scrolls = (main) => {
  // what can be scrolled can be scrolled by the keyboard
  for (const block of main.querySelectorAll("[data-testid=stVerticalBlock], [data-testid=stHorizontalBlock]")) {
    const inner = block.scrollHeight > block.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(block).overflowY);
    if (inner !== block.hasAttribute("tabindex")) block.toggleAttribute("tabindex", inner);
    if (inner) block.tabIndex = 0;
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
  announce(main);
};

export default function () {
  if (!window.__explorer_look) {
    let timer;
    const soon = () => { timer ??= setTimeout(() => { timer = undefined; mend(); }, SETTLE_MS); };
    new MutationObserver(soon).observe(document.body, { childList: true, subtree: true, characterData: true });
    window.addEventListener("keydown", ownSpace, true);
    window.__explorer_look = soon;
  }
  window.__explorer_look();
}
