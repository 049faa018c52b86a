"use strict";

/**
 * What the parts of the page share: the data that it carries, and elements. Whatever came from a crawled page enters
 * the document as text (textContent), never as markup.
 */
const page = (() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const RELATIONS = {
    exact: "exact",
    near: "near",
    contained: "contained",
    version: "version",
    different: "kept apart",
    "by hand": "merged by hand",
  };
  const number = new Intl.NumberFormat("en");
  const byId = (id) => document.getElementById(id);

  function percent(share, digits = 0) {
    return `${(100 * share).toFixed(digits)}%`;
  }

  function count(amount, noun) {
    return `${number.format(amount)} ${noun}${amount === 1 ? "" : "s"}`;
  }

  /** An element with attributes and children; strings become text. */
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  /** A relation in its colour. */
  function relationOf(copy) {
    const name = RELATIONS[copy.relation] || copy.relation;
    return element("span", { class: `relation ${copy.relation.replace(" ", "-")}` }, name);
  }

  /** Bring a part of the page to the top of the window, where it does not stand in view, and the focus to it. */
  function reveal(part) {
    const top = part.getBoundingClientRect().top;
    if (top < 0 || top > innerHeight / 2) {
      part.scrollIntoView({ block: "start", behavior: "instant" });
    }
    part.focus({ preventScroll: true });
  }

  /** Text of a page: its direction is its own and does not touch what stands around it. */
  function foreign(text) {
    return element("bdi", {}, text);
  }

  /** The title, else the first words: an extractor may know no title. */
  function titleOf(copy) {
    const words = (copy.text || "").slice(0, 400).split(/\s+/).filter(Boolean).slice(0, 12).join(" ");
    return copy.title || (words && `“${words} …”`) || copy.url || copy.id || "without title";
  }

  /** Names in one line; of many the first few. */
  function listed(names, most = 4) {
    const distinct = [...new Set(names.filter(Boolean))];
    const rest = distinct.length - most;
    return distinct.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  }

  /** A link where the address is one of the web, else the address as text. */
  function linkTo(address, label) {
    const parsed = URL.canParse(address) ? new URL(address) : null;
    if (!parsed || !["http:", "https:"].includes(parsed.protocol)) {
      return foreign(label);
    }
    return element("a", { href: parsed.href, rel: "noopener noreferrer", target: "_blank" }, foreign(label));
  }

  function drawTable(table, heads, rows, last = null, textColumns = 1) {
    const cell = (value, column) => {
      const label = { "data-label": heads[column] };
      if (typeof value === "number") {
        return element("td", { ...label, ...(value === 0 && { class: "zero" }) }, number.format(value));
      }
      const inner = typeof value === "string" ? foreign(value) : value;
      return column === 0
        ? element("th", { scope: "row", class: "text" }, inner)
        : element("td", { ...label, ...(column < textColumns && { class: "text" }) }, inner);
    };
    const row = (values) => element("tr", {}, ...values.map(cell));
    const head = heads.map((text, column) =>
      element("th", { scope: "col", ...(column < textColumns && { class: "text" }) }, text),
    );
    table.replaceChildren(element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows.map(row)));
    if (last) {
      table.append(element("tfoot", {}, row(last)));
    }
  }

  return { RELATIONS, byId, count, data, drawTable, element, foreign, linkTo, listed, number, percent, relationOf, reveal, titleOf };
})();
