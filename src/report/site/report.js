"use strict";
(() => {
  // Colours: as the system has them, unless the reader says otherwise.
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const themes = ["", "light", "dark"];
  const names = { "": "as the system", light: "light", dark: "dark" };
  let theme = "";
  try { theme = localStorage.getItem("theoremcheck-theme") || ""; } catch { /* not allowed here */ }
  const paint = () => {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
    button.textContent = "Colours: " + names[theme];
  };
  if (!themes.includes(theme)) theme = "";
  paint();
  button.hidden = false;
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    try { localStorage.setItem("theoremcheck-theme", theme); } catch { /* for this page only */ }
    paint();
  });

  // Filters: the address after # says what is shown, so that it can be kept and sent.
  const form = document.getElementById("filters");
  if (!form) return;
  const shown = document.getElementById("shown");
  const bodies = [...document.querySelectorAll("#claims tbody")];
  const total = document.querySelectorAll("#claims tr.claim").length;
  const apply = () => {
    const asked = Object.fromEntries(new FormData(form));
    const words = asked.q.toLowerCase().split(/\s+/).filter(Boolean);
    let claims = 0, theorems = 0;
    for (const body of bodies) {
      let any = 0;
      for (const row of body.querySelectorAll("tr.claim")) {
        const text = body.dataset.words + " " + row.dataset.words + " " + row.dataset.kind;
        const fits = (!asked.topic || body.dataset.topic === asked.topic)
          && (!asked.kind || row.dataset.kind === asked.kind)
          && (!asked.verdict || row.dataset.verdict === asked.verdict)
          && words.every((word) => text.includes(word));
        row.hidden = !fits;
        any += fits;
      }
      body.hidden = !any;
      claims += any;
      theorems += any > 0;
    }
    const count = (n, word) => n + " " + word + (n === 1 ? "" : "s");
    shown.textContent = claims === total
      ? "All " + count(total, "claim") + " of " + count(theorems, "theorem")
      : count(claims, "claim") + " of " + total + ", of " + count(theorems, "theorem");
  };
  const read = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    for (const field of form.elements) {
      if (!field.name) continue;
      field.value = asked.get(field.name) || "";
      if (field.selectedIndex === -1) field.value = "";
    }
    apply();
  };
  const write = () => {
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const hash = asked.toString();
    history.replaceState(null, "", hash ? "#" + hash : location.pathname);
    apply();
  };
  form.hidden = false;
  form.addEventListener("input", write);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(write));
  addEventListener("hashchange", read);
  read();
})();
