// One Back leaves a screen. Streamlit 1.67 adds an entry to the browser's history for every parameter that a run writes
// into the address. Here only another screen adds one, and a step of the walk on Similar.
{
  const push = history.pushState.bind(history);
  let before = null; // the address at the first write since the last click or key

  const changed = (from, to, key) => from.getAll(key).join("\n") !== to.getAll(key).join("\n");

  // what is chosen on a screen replaces its entry; a step of the walk changes both parameters at once
  const isStep = (from, to) => changed(from, to, "walk") && changed(from, to, "item");

  history.pushState = (state, title, url) => {
    const from = new URL(location.href), to = new URL(url ?? from, from);
    if (to.pathname !== from.pathname) {
      // parameters of the new screen may be written before its page: they are not those of the screen to come back to
      if (before) history.replaceState(history.state, "", before);
      push(state, title, url);
    } else if (isStep(from.searchParams, to.searchParams)) {
      push(state, title, url);
    } else {
      before ??= location.href;
      // Streamlit empties the address before it opens another screen
      if (to.search || !from.search) history.replaceState(state, title, url);
      return;
    }
    before = null;
  };
  for (const kind of ["click", "keydown", "popstate"]) addEventListener(kind, () => { before = null; }, true);
}
