"""A block of text before any verdict."""

from __future__ import annotations

from dataclasses import dataclass

from storage.records import Kind


@dataclass(frozen=True, slots=True)
class Block:
    """One block of text as it stood in the page, before any verdict."""

    text: str
    """NFC, single blanks."""
    kind: Kind = "paragraph"
