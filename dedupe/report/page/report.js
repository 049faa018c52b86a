"use strict";

/* global clusters, numbers, page */

/** Draws the dedupe report. */
(() => {
  const { byId, data } = page;

  function prepareTheme() {
    const root = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
    const mark = () => byId("theme").setAttribute("aria-pressed", String(dark()));
    byId("theme").addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      mark();
    });
    system.addEventListener("change", mark);
    mark();
  }

  prepareTheme();
  byId("scope").textContent = data.scope_words;
  byId("rule").textContent = data.rule;
  byId("made").textContent = data.made;
  numbers.draw(clusters);
  clusters.draw();
})();
