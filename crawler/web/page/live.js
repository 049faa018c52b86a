"use strict";

/** Keeps the page of portals up to date: asks for it again as long as it is looked at, and takes over what differs. */
(() => {
  const SECONDS = 20; // a crawl tells its counts every 20 s
  const live = document.getElementById("live");

  /** Replace the content, and leave the focus and the tables as far scrolled as they were. */
  function take(fresh) {
    const href = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const scrolled = [...live.querySelectorAll(".scroll")].map((part) => part.scrollLeft);
    live.replaceChildren(...fresh.childNodes);
    live.querySelectorAll(".scroll").forEach((part, place) => (part.scrollLeft = scrolled[place] || 0));
    if (href) {
      live.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
    }
  }

  async function ask() {
    if (document.hidden) {
      return;
    }
    const now = document.getElementById("state");
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) {
        throw new Error(answer.statusText);
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of ["now", "state"]) {
        const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
        if (old.textContent !== fresh.textContent) {
          old.replaceWith(fresh);
        }
      }
      const fresh = page.getElementById("live");
      if (fresh.innerHTML !== live.innerHTML) {
        take(fresh);
      }
    } catch {
      now.textContent = ", and the server does not answer";
    }
  }

  if (live) {
    setInterval(ask, SECONDS * 1000);
    document.addEventListener("visibilitychange", ask);
  }
})();
