"""What was passed over, and why: counted, with the first examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

EXAMPLES = 3
"""Kept of each reason."""


def counted(counts: Mapping[str, int]) -> str:
    """Return *counts* in a row, each reason with its number."""
    return ", ".join(f"{reason} × {number:,}" for reason, number in counts.items())


class Skipped:
    """Counts what was passed over by its reason.

    >>> skipped = Skipped()
    >>> skipped.add("no address", "a.warc, byte 20")
    >>> skipped.lines("record")
    ['1 record passed over: no address (a.warc, byte 20)']
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    def add(self, reason: str, where: str) -> None:
        """Count one thing at *where* that was passed over because of *reason*."""
        self.counts[reason] += 1
        shown = self.examples.setdefault(reason, [])
        if len(shown) < EXAMPLES:
            shown.append(where)

    def __str__(self) -> str:
        """Return the reasons in a row, each with its count and first example."""
        return ", ".join(
            f"{reason} × {count}{f' ({self.examples[reason][0]})' if reason in self.examples else ''}"
            for reason, count in self.counts.most_common()
        )

    def lines(self, noun: str) -> list[str]:
        """Return a line for each reason, the most frequent first; *noun* names one thing of what was counted."""
        return [
            f"{count} {noun if count == 1 else f'{noun}s'} passed over: {reason} "
            f"({', '.join(self.examples[reason])}{', …' if count > len(self.examples[reason]) else ''})"
            for reason, count in self.counts.most_common()
        ]
