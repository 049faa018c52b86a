"use strict";

/**
 * Word-level comparison of two texts: the same in the browser as dedupe/compare/diff.py is on the terminal.
 *
 * Runs of three words that occur once in both texts anchor the alignment (patience diff); what lies between two
 * anchors is aligned the same way, at last by a table where it is small. Time grows nearly linearly with the length.
 */
const wordDiff = (() => {
  const ANCHOR = 3; // words of a run that is unique in both texts
  const LEAST = 3; // words; a shorter match between two differences is chance and reads as noise
  const SMALL = 1 << 16; // words × words that the table, which is quadratic, may align
  const DEPTH = 12; // an anchor may be unique only between two others
  const UNSPACED =
    "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
  const WORD = new RegExp(`[${UNSPACED}]\\p{M}*|[^\\s${UNSPACED}]+`, "gu");
  const TONE_LATE = /([ou])([aey])([\u0300\u0301\u0303\u0309\u0323])/g;

  /** Form in which two spellings of a word are equal: case, NFC and NFD, punctuation, Vietnamese tone placement. */
  function keyOf(word) {
    const plain = word.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, "");
    if (!plain) {
      return word;
    }
    return plain.normalize("NFD").replace(TONE_LATE, "$1$3$2").normalize("NFC");
  }

  /** Keys of the words of a text, and where each begins; a word owns the blanks behind it, the first those before. */
  function split(text, known) {
    const keys = [];
    const starts = [];
    for (const match of text.matchAll(WORD)) {
      let key = known.get(match[0]);
      if (key === undefined) {
        key = keyOf(match[0]);
        known.set(match[0], key);
      }
      keys.push(key);
      starts.push(keys.length === 1 ? 0 : match.index);
    }
    starts.push(text.length);
    return { keys, starts };
  }

  /** Positions of the three-word runs of keys[low..high) that occur there once, by run. */
  function uniqueRuns(keys, low, high) {
    const places = new Map();
    for (let i = low; i + ANCHOR <= high; i += 1) {
      const run = keys.slice(i, i + ANCHOR).join(" ");
      places.set(run, places.has(run) ? -1 : i);
    }
    return places;
  }

  /** The longest chain of pairs [i, j] ascending in both; the pairs come ascending in i. */
  function longestChain(pairs) {
    const tails = [];
    const before = new Int32Array(pairs.length);
    pairs.forEach(([, j], index) => {
      let low = 0;
      let high = tails.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (pairs[tails[middle]][1] < j) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      before[index] = low ? tails[low - 1] : -1;
      tails[low] = index;
    });
    const chain = [];
    for (let index = tails.length ? tails[tails.length - 1] : -1; index >= 0; index = before[index]) {
      chain.push(pairs[index]);
    }
    return chain.reverse();
  }

  /** Longest common subsequence of two small windows as [i, j] of equal words. */
  function byTable(a, b, [aLow, aHigh, bLow, bHigh]) {
    const width = bHigh - bLow + 1;
    const height = aHigh - aLow + 1;
    const best = new Uint16Array(width * height);
    for (let i = height - 2; i >= 0; i -= 1) {
      for (let j = width - 2; j >= 0; j -= 1) {
        const at = i * width + j;
        best[at] =
          a[aLow + i] === b[bLow + j] ? best[at + width + 1] + 1 : Math.max(best[at + width], best[at + 1]);
      }
    }
    const found = [];
    for (let i = 0, j = 0; i < height - 1 && j < width - 1; ) {
      const at = i * width + j;
      if (a[aLow + i] === b[bLow + j]) {
        found.push([aLow + i, bLow + j, 1]);
        i += 1;
        j += 1;
      } else if (best[at + width] >= best[at + 1]) {
        i += 1;
      } else {
        j += 1;
      }
    }
    return found;
  }

  /** Equal stretches [start in a, start in b, words] inside a window, ascending in both. */
  function matches(a, b, window, depth, found) {
    const [, aEnd] = window;
    let [aLow, aHigh, bLow, bHigh] = window;
    let head = 0;
    while (aLow + head < aHigh && bLow + head < bHigh && a[aLow + head] === b[bLow + head]) {
      head += 1;
    }
    if (head) {
      found.push([aLow, bLow, head]);
      aLow += head;
      bLow += head;
    }
    while (aLow < aHigh && bLow < bHigh && a[aHigh - 1] === b[bHigh - 1]) {
      aHigh -= 1;
      bHigh -= 1;
    }
    if (aLow < aHigh && bLow < bHigh) {
      between(a, b, [aLow, aHigh, bLow, bHigh], depth, found);
    }
    if (aHigh < aEnd) {
      found.push([aHigh, bHigh, aEnd - aHigh]);
    }
  }

  function between(a, b, window, depth, found) {
    const [aLow, aHigh, bLow, bHigh] = window;
    if ((aHigh - aLow + 1) * (bHigh - bLow + 1) <= SMALL) {
      found.push(...byTable(a, b, window));
      return;
    }
    const inB = uniqueRuns(b, bLow, bHigh);
    const pairs = [];
    for (const [run, i] of uniqueRuns(a, aLow, aHigh)) {
      const j = inB.get(run);
      if (i >= 0 && j !== undefined && j >= 0) {
        pairs.push([i, j]);
      }
    }
    if (!depth || !pairs.length) {
      return; // nothing in common that could be found in time: one long difference
    }
    pairs.sort((one, other) => one[0] - other[0]);
    let i = aLow;
    let j = bLow;
    for (const [nextI, nextJ] of longestChain(pairs)) {
      if (nextI < i || nextJ < j) {
        continue; // inside the stretch that the last anchor grew to
      }
      matches(a, b, [i, nextI, j, nextJ], depth - 1, found);
      let size = ANCHOR;
      while (nextI + size < aHigh && nextJ + size < bHigh && a[nextI + size] === b[nextJ + size]) {
        size += 1;
      }
      found.push([nextI, nextJ, size]);
      i = nextI + size;
      j = nextJ + size;
    }
    matches(a, b, [i, aHigh, j, bHigh], depth - 1, found);
  }

  /** Blocks {same, aEnd, bEnd} that cover both sequences in order, same and different ones in turn. */
  function blocksOf(a, b) {
    const found = [];
    matches(a, b, [0, a.length, 0, b.length], DEPTH, found);
    found.push([a.length, b.length, 0]);
    const blocks = [];
    let i = 0;
    let j = 0;
    for (const [aStart, bStart, size] of found) {
      if (i < aStart || j < bStart) {
        blocks.push({ same: false, aEnd: aStart, bEnd: bStart, words: 0 });
      }
      i = aStart + size;
      j = bStart + size;
      const last = blocks[blocks.length - 1];
      if (size && last && last.same) {
        Object.assign(last, { aEnd: i, bEnd: j, words: last.words + size });
      } else if (size) {
        blocks.push({ same: true, aEnd: i, bEnd: j, words: size });
      }
    }
    return blocks;
  }

  /** The blocks with chance matches taken into the differences around them. */
  function readable(blocks) {
    const merged = [];
    blocks.forEach((block, index) => {
      const inner = index > 0 && index < blocks.length - 1;
      const same = block.same && !(inner && block.words < LEAST);
      if (merged.length && merged[merged.length - 1].same === same) {
        merged.pop();
      }
      merged.push({ same, aEnd: block.aEnd, bEnd: block.bEnd });
    });
    return merged;
  }

  /**
   * Spans {same, a, b, aWords, bWords} that cover both texts in order: the a sides joined give a's text in NFC,
   * likewise b's. A text without words has no spans of its own.
   */
  function diff(aText, bText) {
    const [a, b] = [aText.normalize("NFC"), bText.normalize("NFC")];
    const known = new Map();
    const left = split(a, known);
    const right = split(b, known);
    let [i, j] = [0, 0];
    return readable(blocksOf(left.keys, right.keys)).map(({ same, aEnd, bEnd }) => {
      const span = {
        same,
        a: a.slice(left.starts[i], left.starts[aEnd]),
        b: b.slice(right.starts[j], right.starts[bEnd]),
        aWords: aEnd - i,
        bWords: bEnd - j,
      };
      [i, j] = [aEnd, bEnd];
      return span;
    });
  }

  return { diff, keyOf };
})();

if (typeof module !== "undefined") {
  module.exports = wordDiff; // Node runs the tests
}
