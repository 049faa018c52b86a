"use strict";

/* global page, wordDiff */

/** One cluster: its members, why they are one story, and the difference of any two, word by word. */
const detail = (() => {
  const { byId, count, data, drawTable, element, foreign, linkTo, number, percent, relationOf, titleOf } = page;
  const FOLD = 80; // words of an equal passage from which it is folded
  const EDGE = 15; // words shown on both sides of a fold
  const LIMIT = 4000; // spans drawn at most; more is no reading matter and makes the page slow
  let story = null;

  function draw(chosen) {
    story = chosen;
    byId("detail").hidden = false;
    byId("detail-title").replaceChildren(foreign(titleOf(story.copies[0])));
    const versions = story.copies.slice(1).every((copy) => copy.relation === "version");
    const alone = story.copies[1].relation === "different" ? "–" : "kept text";
    const first = versions ? "current text" : alone;
    const rows = story.copies.map((copy, index) => [
      String(index + 1),
      linkTo(copy.url, titleOf(copy)),
      copy.portal || "–",
      copy.published ? copy.published.slice(0, 16).replace("T", " ") : "–",
      relationCell(copy, index === 0 ? first : ""),
      copy.role || "–",
      index === 0 || copy.relation === "by hand" ? "" : percent(copy.score),
      copy.text.length,
    ]);
    const heads = ["No.", "Text", "Portal", "Published (UTC)", "Relation", "Role", "Similarity", "Characters"];
    drawTable(byId("members"), heads, rows, null, 6);
    byId("members-more").hidden = !story.more;
    byId("members-more").textContent = `and ${number.format(story.more)} more that are only counted here`;
    const labels = story.copies.map((copy, index) => `${index + 1}. ${copy.portal ? `${copy.portal}: ` : ""}${titleOf(copy)}`);
    for (const [id, index] of [["pair-left", 0], ["pair-right", Math.min(closest(), story.copies.length - 1)]]) {
      byId(id).replaceChildren(...labels.map((label, place) => element("option", { value: String(place) }, label)));
      byId(id).value = String(index);
    }
    drawPair();
  }

  function relationCell(copy, first) {
    const notes = [...(copy.kept && !first && !["different", "version"].includes(copy.relation) ? ["kept too, it says more"] : []), ...(copy.agency ? ["agency"] : [])];
    const parts = [first || relationOf(copy), ...notes.flatMap((note) => [", ", note])];
    return element("span", {}, ...parts);
  }

  /** Lay two of the story's texts, by their ids, over each other. */
  function compare(kept, copy) {
    const places = [kept, copy].map((id) => story.copies.findIndex((one) => one.id === id));
    if (places.every((place) => place >= 0)) {
      [byId("pair-left").value, byId("pair-right").value] = places.map(String);
      drawPair();
    }
  }

  /** The text nearest to the threshold: the one whose membership is most in doubt. */
  function closest() {
    let best = 1;
    story.copies.forEach((copy, index) => {
      const margin = (one) => (["exact", "by hand"].includes(one.relation) ? 1 : Math.abs(one.score - data.threshold));
      if (index > 1 && margin(copy) < margin(story.copies[best])) {
        best = index;
      }
    });
    return best;
  }

  function drawPair() {
    const [left, right] = ["pair-left", "pair-right"].map((id) => Number(byId(id).value));
    const other = left === 0 ? right : right === 0 ? left : -1;
    const reason = other > 0 ? story.copies[other].reason : "";
    byId("reason").textContent =
      reason || (left === right ? "" : "Both were compared with the kept text; their own differences stand below.");
    const spans = wordDiff.diff(story.copies[left].text, story.copies[right].text);
    drawFigures(spans);
    const two = byId("pair-view").value === "two";
    byId("diff").replaceChildren(two ? sideBySide(spans) : oneText(spans));
    byId("legend").hidden = spans.every((span) => span.same);
  }

  function drawFigures(spans) {
    const total = (same, side) => spans.filter((span) => span.same === same).reduce((sum, span) => sum + span[side], 0);
    const longest = Math.max(0, ...spans.filter((span) => span.same).map((span) => span.aWords));
    const differing = spans.filter((span) => !span.same).length;
    byId("figures").textContent = differing
      ? `${count(total(true, "aWords"), "word")} in common, the longest passage ${number.format(longest)}; ` +
        `${count(differing, "passage")} with differences: ${count(total(false, "aWords"), "word")} only left, ` +
        `${number.format(total(false, "bWords"))} only right.`
      : "The same words in the same order.";
  }

  function oneText(spans) {
    const text = element("div", { class: "text", dir: "auto" });
    for (const span of drawn(spans)) {
      if (span.same) {
        text.append(...equalParts(span.b));
      } else {
        text.append(...changed("del", span.a), ...changed("ins", span.b));
      }
    }
    return withCut(text, spans);
  }

  function sideBySide(spans) {
    const columns = ["a", "b"].map((side) => {
      const text = element("div", { class: "text", dir: "auto" });
      for (const span of drawn(spans)) {
        text.append(...(span.same ? equalParts(span[side]) : changed(side === "a" ? "del" : "ins", span[side])));
      }
      return text;
    });
    return withCut(element("div", { class: "two" }, ...columns), spans);
  }

  function drawn(spans) {
    return spans.slice(0, LIMIT);
  }

  function withCut(node, spans) {
    if (spans.length <= LIMIT) {
      return node;
    }
    const rest = element("p", {}, `The first ${number.format(LIMIT)} of ${number.format(spans.length)} passages are drawn.`);
    return element("div", {}, node, rest);
  }

  /** A difference; blanks at its end stay outside, so that no line of colour runs on. */
  function changed(name, text) {
    const body = text.trimEnd();
    const said = element("span", { class: "hidden-words" }, name === "del" ? "only left: " : "only right: ");
    return body ? [element(name, {}, said, body), text.slice(body.length) || " "] : [text];
  }

  /** An equal passage, its middle behind a button where it is long. */
  function equalParts(text) {
    const starts = byId("pair-fold").checked ? [...text.matchAll(/\S+/g)].map((match) => match.index) : [];
    if (starts.length < FOLD) {
      return [text];
    }
    const [from, to] = [starts[EDGE], starts[starts.length - EDGE]];
    const label = `… ${number.format(starts.length - 2 * EDGE)} equal words …`;
    const button = element("button", { type: "button", class: "fold" }, label);
    button.addEventListener("click", () => {
      const opened = element("span", { tabindex: "-1" }, text.slice(from, to));
      button.replaceWith(opened);
      opened.focus({ preventScroll: true });
    });
    return [text.slice(0, from), button, text.slice(to)];
  }

  function prepare() {
    byId("pair").addEventListener("input", drawPair);
    byId("pair").addEventListener("submit", (event) => event.preventDefault());
    byId("swap").addEventListener("click", () => {
      const [left, right] = [byId("pair-left"), byId("pair-right")];
      [left.value, right.value] = [right.value, left.value];
      drawPair();
    });
  }

  return { compare, draw, prepare };
})();
