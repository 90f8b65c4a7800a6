// When this browser was here last: kept in its local storage, for each data set group, and told to the page once.

const KEPT = "personalize-explorer-visit";

export default function ({ data, setStateValue }) {
  try {
    const name = `${KEPT} ${data.group}`;
    let before = sessionStorage.getItem(name); // of this tab's visit
    if (before === null) {
      before = localStorage.getItem(name) ?? "";
      sessionStorage.setItem(name, before);
    }
    localStorage.setItem(name, String(data.now));
    if (before && before !== data.told) setStateValue("before", before);
  } catch { /* a browser that keeps nothing has no last visit */ }
}
