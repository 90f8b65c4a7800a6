// One Back leaves a screen. Streamlit 1.67 adds an entry to the browser's history for every parameter that a run writes
// into the address. Here only another screen adds one, and a step of the walk on Similar.
{
  const push = history.pushState.bind(history);
  const changed = (from, to, key) => from.getAll(key).join("\n") !== to.getAll(key).join("\n");

  // what is chosen on a screen replaces its entry; a step of the walk changes both parameters at once
  const isStep = (from, to) => changed(from, to, "walk") && changed(from, to, "item");

  history.pushState = (state, title, url) => {
    const from = new URL(location.href), to = new URL(url ?? from, from);
    if (to.pathname !== from.pathname || isStep(from.searchParams, to.searchParams)) push(state, title, url);
    // before it opens another screen Streamlit empties the address, which is still that of the screen to come back to
    else if (to.search || !from.search) history.replaceState(state, title, url);
  };
}
