"use strict";

/* global detail, page */

/** The browser of stories: filter and list. */
const clusters = (() => {
  const { RELATIONS, byId, count, data, element, foreign, listed: few, number, percent, relationOf, reveal, titleOf } = page;
  const stories = data.browser.stories;
  const PAGE = 100; // clusters listed at once
  const state = { found: [], listed: 0, chosen: -1 };
  const folded = { marks: new Map(), plain: new Map() };

  function plain(text) {
    return text.normalize("NFC").toLowerCase();
  }

  function withoutMarks(text) {
    return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");
  }

  /** What the text filter looks through; marks count only where the reader typed some ("ho" finds "hồ"). */
  function searched(place, marks) {
    const cache = marks ? folded.plain : folded.marks;
    if (!cache.has(place)) {
      const parts = stories[place].copies.flatMap((copy) => [copy.title, copy.url, copy.text]);
      cache.set(place, (marks ? plain : withoutMarks)(parts.join("\n")));
    }
    return cache.get(place);
  }

  /** Relations and scores of a cluster's links, its representative left out. */
  function linksOf(story) {
    return story.copies.slice(1);
  }

  function matchesFilter(place, wanted) {
    const story = stories[place];
    if (wanted.portal && !story.copies.some((copy) => copy.portal === wanted.portal)) {
      return false;
    }
    const fits = (copy) =>
      (!wanted.relation || copy.relation === wanted.relation) && copy.score >= wanted.from && copy.score <= wanted.to;
    if (!linksOf(story).some(fits)) {
      return false;
    }
    return !wanted.text || searched(place, wanted.marks).includes(wanted.text);
  }

  function filterValues() {
    const typed = byId("filter-text").value.trim();
    const marks = withoutMarks(typed) !== plain(typed);
    const share = (id, otherwise) => {
      const value = byId(id).valueAsNumber;
      return Number.isNaN(value) ? otherwise : value / 100;
    };
    return {
      text: marks ? plain(typed) : withoutMarks(typed),
      marks,
      portal: byId("filter-portal").value,
      relation: byId("filter-relation").value,
      from: share("filter-from", 0) - 0.00005, // scores have four digits
      to: share("filter-to", 1) + 0.00005,
    };
  }

  const inAll = (() => {
    const kindOf = (story) => {
      const relations = linksOf(story).map((copy) => copy.relation);
      return ["different", "version"].find((kind) => relations.every((relation) => relation === kind)) || "cluster";
    };
    const amounts = { cluster: 0, version: 0, different: 0 };
    for (const story of stories) {
      amounts[kindOf(story)] += 1;
    }
    const others = [
      ...(amounts.version ? [`${number.format(amounts.version)} with older texts alone`] : []),
      ...(amounts.different ? [`${count(amounts.different, "pair")} kept apart`] : []),
    ];
    const told = amounts.cluster === 1 ? "1 story" : `${number.format(amounts.cluster)} stories`;
    return [told, ...others].join(", ");
  })();

  function applyFilter() {
    const wanted = filterValues();
    state.found = stories.map((_, place) => place).filter((place) => matchesFilter(place, wanted));
    state.listed = 0;
    byId("list").replaceChildren();
    listMore();
    const all = state.found.length === stories.length;
    byId("count").textContent = all
      ? `${inAll}; borderline first`
      : `${number.format(state.found.length)} of ${number.format(stories.length)}: ${inAll}`;
    markChosen();
  }

  function clearFilter() {
    byId("filter").reset();
    applyFilter();
  }

  function optionFor(place) {
    const story = stories[place];
    const links = linksOf(story);
    const relations = [...new Map(links.map((copy) => [copy.relation, copy])).values()].map(relationOf);
    const judged = links.filter((copy) => copy.relation !== "by hand");
    const scores = judged.map((copy) => copy.score);
    const [low, high] = [percent(Math.min(...scores)), percent(Math.max(...scores))];
    const portals = few(story.copies.map((copy) => copy.portal));
    const texts = count(story.copies.length + story.more, "text");
    const range = judged.length ? ` ${low === high ? low : `${low}–${high}`}` : "";
    return element(
      "li",
      { role: "option", id: `option-${place}`, tabindex: "-1", "aria-selected": "false" },
      element("span", { class: "title" }, foreign(titleOf(story.copies[0]))),
      element("small", {}, `${texts} · `, ...relations.flatMap((one, place) => (place ? [", ", one] : [one])), range),
      element("small", {}, foreign(portals)),
    );
  }

  function listMore() {
    const next = state.found.slice(state.listed, state.listed + PAGE);
    byId("list").append(...next.map(optionFor));
    state.listed += next.length;
    const left = state.found.length - state.listed;
    byId("more").hidden = left === 0;
    byId("more").textContent = `Show ${Math.min(PAGE, left)} of ${number.format(left)} more`;
    byId("list").hidden = state.listed === 0;
  }

  function options() {
    return [...byId("list").children];
  }

  /** One option is in the tab order: the chosen one, else the first. */
  function markChosen() {
    const listed = options();
    const chosen = byId(`option-${state.chosen}`);
    for (const option of listed) {
      option.setAttribute("aria-selected", String(option === chosen));
      option.tabIndex = -1;
    }
    if (listed.length) {
      (chosen || listed[0]).tabIndex = 0;
    }
  }

  function choose(option, { focus = true } = {}) {
    const place = Number(option.id.slice("option-".length));
    if (place !== state.chosen) {
      state.chosen = place;
      detail.draw(stories[place]);
    }
    markChosen();
    if (focus) {
      option.focus({ preventScroll: true });
    }
    inList(option);
  }

  /** Scroll the list, and nothing else, until an option is in view. */
  function inList(option) {
    const list = byId("list");
    const [top, bottom] = [option.offsetTop - list.offsetTop, option.offsetTop - list.offsetTop + option.offsetHeight];
    if (top < list.scrollTop || bottom > list.scrollTop + list.clientHeight) {
      list.scrollTop = top - list.clientHeight / 3;
    }
  }

  /** Bring the heading of the chosen story into view; the focus stays where it is. */
  function headingInView() {
    const top = byId("detail-title").getBoundingClientRect().top;
    if (top < 0 || top > innerHeight) {
      byId("detail").scrollIntoView({ block: "start", behavior: "instant" });
    }
  }

  /** Choose a story from elsewhere on the page, or two of its texts, and go there. */
  function show(place, kept, copy) {
    clearFilter();
    while (!byId(`option-${place}`) && state.listed < state.found.length) {
      listMore();
    }
    const option = byId(`option-${place}`);
    if (option) {
      choose(option, { focus: false });
      detail.compare(kept, copy);
      reveal(byId("detail"));
    }
  }

  function onListKey(event) {
    const listed = options();
    const at = listed.indexOf(document.activeElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: listed.length - 1, PageDown: at + 10, PageUp: at - 10 };
    if (event.key in steps) {
      event.preventDefault();
      choose(listed[Math.max(0, Math.min(listed.length - 1, steps[event.key]))]);
      if (!matchMedia("(width <= 52rem)").matches) {
        headingInView();
      }
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(listed[at]);
      reveal(byId("detail"));
    }
  }

  function later(action, milliseconds) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(action, milliseconds);
    };
  }

  function prepareFilter() {
    const every = (id, label, values) => {
      const entries = [["", label], ...values];
      byId(id).append(...entries.map(([value, text]) => element("option", { value }, text)));
    };
    const portals = new Set(stories.flatMap((story) => story.copies.map((copy) => copy.portal)).filter(Boolean));
    const relations = new Set(stories.flatMap((story) => linksOf(story).map((copy) => copy.relation)));
    every("filter-portal", "every portal", [...portals].sort().map((name) => [name, name]));
    every("filter-relation", "every relation", Object.entries(RELATIONS).filter(([name]) => relations.has(name)));
    byId("filter").addEventListener("input", later(applyFilter, 150));
    byId("clear").addEventListener("click", clearFilter);
    byId("filter").addEventListener("submit", (event) => event.preventDefault());
  }

  function prepareBrowser() {
    byId("list").addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) {
        choose(option);
        if (matchMedia("(width <= 52rem)").matches) {
          reveal(byId("detail"));
        } else {
          headingInView();
        }
      }
    });
    byId("list").addEventListener("keydown", onListKey);
    byId("more").addEventListener("click", () => {
      const first = state.listed;
      listMore();
      options()[first].focus();
    });
  }

  /** Place of the story, or of the pair kept apart, that holds two texts. */
  function placeOfPair(kept, copy) {
    const place = stories.findIndex((story) => {
      const ids = story.copies.map((one) => one.id);
      return ids.includes(kept) && ids.includes(copy);
    });
    return place < 0 ? undefined : place;
  }

  /** Place of the story with this representative, undefined where its texts are not in the file. */
  const places = new Map();
  stories.forEach((story, place) => {
    if (story.copies[1].relation !== "different") {
      places.set(story.copies[0].id, place);
    }
  });

  function draw() {
    prepareFilter();
    prepareBrowser();
    detail.prepare();
    applyFilter();
    const rest = data.browser.left_out;
    const counted = `${number.format(rest)} further ones are counted above but not shown: their texts would make this file too large.`;
    byId("clusters-note").textContent = stories.length
      ? `Those nearest to the threshold come first, exact copies last. Arrow keys move in the list, Enter opens. ${rest ? counted : ""}`
      : "Nothing was found more than once.";
    byId("filter").hidden = !stories.length;
    if (stories.length) {
      choose(options()[0], { focus: false });
    }
  }

  return { draw, placeOf: (id) => places.get(id), placeOfPair, show, storyAt: (place) => stories[place] };
})();
