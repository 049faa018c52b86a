"use strict";

/* global page */

/** The parts of the report that are numbers: tiles, comparison, causes, histogram, most repeated. */
const numbers = (() => {
  const {
    RELATIONS, byId, count, data, drawTable, element, foreign, linkTo, listed, number, percent, titleOf,
  } = page;

  const PORTALS = 15; // rows at first, those with most duplicates

  function drawTiles() {
    const total = data.total;
    const of = (part, whole) => (whole ? percent(part / whole, 1) : "");
    const tiles = [
      ["articles", total.article_pages, ""],
      ["kept texts", total.distinct, of(total.distinct, total.article_pages)],
      ["copies", total.duplicate_pages, of(total.duplicate_pages, total.article_pages)],
      ["stories with several texts", data.clusters, ""],
      ["on another portal", total.cross_portal, of(total.cross_portal, total.duplicate_pages)],
      ["agency copies", total.agency, of(total.agency, total.duplicate_pages)],
      ["older versions", total.versions, ""],
      ["entries repeated in a page", total.repeated_entries, ""],
      ["characters saved", total.characters_saved, of(total.characters_saved, total.characters)],
    ];
    const lost = Object.values(total.lost).reduce((sum, words) => sum + words, 0);
    if (Object.keys(total.lost).length) {
      tiles.push(["words in no kept text", lost, of(lost, total.words)]);
    }
    for (const [name, value, share] of tiles) {
      const shown = element("dd", {}, element("span", { class: "number" }, number.format(value)));
      if (share) {
        shown.append(element("span", { class: "share" }, share));
      }
      byId("tiles").append(element("div", {}, element("dt", {}, name), shown));
    }
    byId("sums").textContent = `${data.sums.join(". ")}.`;
  }

  function drawCauses() {
    const heads = [
      "Portal", "Articles", "Kept texts", "Same URL", "Exact", "Near", "Contained", "By hand",
      "Agency copies", "Other portal", "Repeated in page", "Older versions", "Copies",
    ];
    const cells = (row) => [
      row.portal || "unknown", row.article_pages, row.distinct, row.duplicates["same url"], row.duplicates.exact,
      row.duplicates.near, row.duplicates.contained, row.duplicates["by hand"], row.agency, row.cross_portal, row.repeated_entries, row.versions,
      row.article_pages ? percent(row.duplicate_pages / row.article_pages, 1) : "–",
    ];
    const ranked = [...data.portals].sort((one, other) => other.duplicate_pages - one.duplicate_pages);
    const sum = data.portals.length > 1 ? cells(data.total) : null;
    const drawRows = (most) => drawTable(byId("causes"), heads, ranked.slice(0, most).map(cells), sum);
    drawRows(ranked.length > PORTALS + 5 ? PORTALS : ranked.length);
    byId("all-portals").hidden = ranked.length <= PORTALS + 5;
    byId("all-portals").textContent = `Show all ${number.format(ranked.length)} portals`;
    byId("all-portals").addEventListener("click", () => {
      drawRows(ranked.length);
      byId("all-portals").hidden = true;
      byId("causes").parentElement.focus({ preventScroll: true });
    });
  }

  function drawComparison() {
    if (!data.compare) {
      return;
    }
    const heads = ["Number", "This report", data.compare.run, "Difference"];
    const rows = data.compare.rows.map((row) => [row.name, row.here, row.there, signed(row.difference)]);
    drawTable(byId("compare-table"), heads, rows);
    byId("compare").hidden = false;
  }

  function copies(amount, kind = "") {
    return `${number.format(amount)} ${kind}${amount === 1 ? "copy" : "copies"}`;
  }

  function signed(value) {
    return value > 0 ? `+${number.format(value)}` : number.format(value).replace("-", "−");
  }

  const SERIES = ["different", "contained", "near"];

  function shape(name, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) {
      made.setAttribute(key, String(value));
    }
    made.append(...children);
    return made;
  }

  function drawHistogram() {
    const width = Math.max(280, Math.min(768, byId("histogram").clientWidth || 640));
    const height = 240;
    const edge = { left: 44, right: 20, top: 26, bottom: 40 };
    const bins = data.scores.bins;
    const sums = Array.from({ length: bins }, (_, bin) => SERIES.reduce((sum, name) => sum + data.scores[name][bin], 0));
    const most = Math.max(1, ...sums);
    const x = (score) => edge.left + score * (width - edge.left - edge.right);
    const y = (pairs) => height - edge.bottom - (pairs / most) * (height - edge.top - edge.bottom);
    const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "histogram-caption" });
    sums.forEach((_, bin) => {
      let below = 0;
      for (const name of SERIES) {
        const pairs = data.scores[name][bin];
        if (pairs) {
          const [top, base] = [y(below + pairs), y(below)];
          const bar = { x: x(bin / bins) + 1, y: top, width: x(1 / bins) - x(0) - 2, height: base - top, class: name };
          const label = `${percent(bin / bins)} to ${percent((bin + 1) / bins)}: ${count(pairs, "pair")}, ${RELATIONS[name]}`;
          svg.append(shape("rect", bar, shape("title", {}, label)));
        }
        below += pairs;
      }
    });
    svg.append(shape("line", { class: "axis", x1: x(0), x2: x(1), y1: y(0), y2: y(0) }));
    for (let tick = 0; tick <= 100; tick += width < 420 ? 25 : 10) {
      svg.append(shape("text", { x: x(tick / 100), y: y(0) + 16, "text-anchor": "middle" }, `${tick}%`));
    }
    for (const pairs of new Set([most, Math.round(most / 2)])) {
      svg.append(shape("text", { x: edge.left - 6, y: y(pairs) + 4, "text-anchor": "end" }, number.format(pairs)));
    }
    const middle = (edge.left + width - edge.right) / 2;
    svg.append(shape("text", { x: middle, y: height - 6, "text-anchor": "middle" }, "share of the shorter text in the other"));
    const at = x(data.threshold);
    svg.append(shape("line", { class: "threshold", x1: at, x2: at, y1: edge.top - 8, y2: y(0) }));
    const named = { class: "threshold", x: at, y: edge.top - 12, "text-anchor": "middle" };
    svg.append(shape("text", named, `threshold ${percent(data.threshold)}`));
    byId("histogram").replaceChildren(svg);
  }

  function drawScores() {
    const caption = byId("histogram-caption");
    for (const name of SERIES) {
      caption.append(element("span", { class: "key" }, element("i", { class: name }), RELATIONS[name]));
    }
    const exact = data.scores.exact.reduce((sum, pairs) => sum + pairs, 0);
    caption.append(
      `Copies, and the pairs most alike of those kept apart; ${copies(exact, "exact ")} at 100% not drawn. ` +
        "What was merged by hand is not counted. Left of the threshold a pair is one story only where half of all word runs are shared, or texts of like " +
        "length share 80% of their words in order; right of it two stories stay apart where figures and names are exchanged.",
    );
    const rows = [];
    for (let bin = 0; bin < data.scores.bins; bin += 1) {
      const pairs = [...SERIES, "exact"].map((name) => data.scores[name][bin]);
      if (pairs.some(Boolean)) {
        rows.push([`${percent(bin / data.scores.bins)} – ${percent((bin + 1) / data.scores.bins)}`, ...pairs]);
      }
    }
    drawTable(byId("scores"), ["Similarity", ...[...SERIES, "exact"].map((name) => RELATIONS[name])], rows);
    drawHistogram();
    new ResizeObserver(drawHistogram).observe(byId("histogram"));
  }

  /** @param browser finds the story of two texts and shows it */
  function drawCards(browser) {
    for (const card of data.checks) {
      const place = browser.placeOfPair(card.kept, card.copy);
      const item = element(
        "li",
        { class: `card ${card.kind.replaceAll(" ", "-")}` },
        element("h3", {}, card.heading),
        element("p", { class: "title" }, foreign(card.title)),
        element("p", {}, foreign(card.says)),
      );
      if (place !== undefined) {
        const button = element("button", { type: "button" }, "Show the two texts");
        button.addEventListener("click", () => browser.show(place, card.kept, card.copy));
        item.append(button);
      }
      item.append(element("p", { class: "remedy" }, "If it is wrong: ", element("code", {}, foreign(card.command))));
      byId("cards").append(item);
    }
    if (!data.checks.length) {
      byId("cards").replaceWith(element("p", { id: "cards" }, "Nothing stands out."));
    }
  }

  /** @param browser finds the cluster of a representative and shows it */
  function drawTop(browser) {
    for (const story of data.stories) {
      const [first, ...others] = story.copies;
      const place = browser.placeOf(first.id);
      const title = titleOf(place === undefined ? first : browser.storyAt(place).copies[0]);
      const item = element("li");
      if (place === undefined) {
        item.append(linkTo(first.url, title));
      } else {
        const button = element("button", { type: "button", class: "link" }, foreign(title));
        button.addEventListener("click", () => browser.show(place));
        item.append(button);
      }
      const portals = listed(story.copies.map((copy) => copy.portal));
      item.append(element("small", {}, foreign([copies(others.length + story.more), portals].filter(Boolean).join(" · "))));
      byId("stories").append(item);
    }
    for (const line of data.lines) {
      const note = `${count(line.pages, "page")} · ${line.verdict} · ${line.portal}`;
      byId("lines").append(element("li", {}, foreign(line.text), element("small", {}, foreign(note))));
    }
    for (const [id, empty] of [["stories", "No story stands here twice."], ["lines", "No line was kept out."]]) {
      if (!byId(id).children.length) {
        byId(id).replaceWith(element("p", { id }, empty));
      }
    }
  }

  function draw(browser) {
    drawTiles();
    drawCards(browser);
    drawComparison();
    drawCauses();
    drawScores();
    drawTop(browser);
  }

  return { draw };
})();
