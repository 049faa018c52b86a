"""What a portal says may be done with its texts: the words of its files, headers and pages. No legal advice. Pure.

Read by the W3C Community Group's report "TDM Reservation Protocol" of 10 May 2024 (``tdm-reservation``, ``tdm-policy``:
what the page says goes before its headers, and those before the host's file), by contentsignals.org
(``Content-Signal``), schema.org (``isAccessibleForFree``, ``license``) and HTML (``rel=license``). ``noai`` and
``noimageai`` have no specification: DeviantArt made them, as words of ``robots`` and ``X-Robots-Tag``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from crawler.portals.seed import RightsRules
from storage.records import RightsSource, RightsStatement

_LONGEST = 300
"""Characters kept of what was said."""
MOST_LICENCES = 5
_SIGNAL = re.compile(r"\b(search|ai-input|ai-train)\s*=\s*(yes|no)\b", re.IGNORECASE)
_NO_AI = re.compile(r"(?<![\w-])no(?:image)?ai(?![\w-])", re.IGNORECASE)
_LICENCE_LINK = re.compile(
    r"<([^<>]{1,2000})>[^,<>]{0,200}?;\s*rel\s*=\s*\"?[^\",;<>]{0,100}\blicense\b", re.IGNORECASE
)


def resolved(statements: Iterable[RightsStatement]) -> tuple[str, ...]:
    """Return the rights that follow from *statements*, sorted. Of several about one thing the last one holds."""
    last = {one.right.partition(":")[0]: one.right for one in statements}
    if last.get("tdm") == "tdm:not-reserved":
        last.pop("tdm-policy", None)
    return tuple(sorted(last.values()))


def header_rights(headers: Iterable[tuple[str, str]], read: datetime | None) -> tuple[RightsStatement, ...]:
    """Return what the headers of an answer say: ``tdm-*``, ``Content-Signal``, ``X-Robots-Tag``, ``Link``."""
    found: list[RightsStatement] = []
    for name, value in headers:
        match name.lower():
            case "tdm-reservation":
                found += tdm_rights(value, None, "header", read)
            case "tdm-policy":
                found += tdm_rights(None, value, "header", read)
            case "content-signal":
                found += signal_rights(value, "header", read)
            case "x-robots-tag":
                found += no_ai_rights([value], "header", read)
            case "link":
                links = _LICENCE_LINK.findall(value[:5000])[:MOST_LICENCES]
                found += [statement("licence", "header", link, read) for link in links]
    return tuple(found)


def tdm_rights(
    reservation: object, policy: object, source: RightsSource, read: datetime | None
) -> Iterator[RightsStatement]:
    """Yield what TDMRep's two properties say at one place; any reservation but 0 and 1 counts as unset."""
    value = str(reservation).strip()
    if value in ("0", "1"):
        right = "tdm:reserved" if value == "1" else "tdm:not-reserved"
        yield statement(right, source, f"tdm-reservation: {value}", read)
    if value != "0" and isinstance(policy, str) and policy.strip():
        yield statement("tdm-policy", source, policy, read)


def signal_rights(value: str, source: RightsSource, read: datetime | None) -> Iterator[RightsStatement]:
    """Yield the content signals in *value*, such as ``search=yes, ai-train=no``."""
    for name, allowed in _SIGNAL.findall(value):
        yield statement(f"{name}:{allowed}".lower(), source, f"Content-Signal: {value}", read)


def no_ai_rights(values: Iterable[str], source: RightsSource, read: datetime | None) -> Iterator[RightsStatement]:
    """Yield ``noai`` and ``noimageai`` where they stand in *values* of ``robots`` or ``X-Robots-Tag``."""
    for value in values:
        for word in dict.fromkeys(word.lower() for word in _NO_AI.findall(value)):
            yield statement(word, source, value, read)


def agreed(rules: RightsRules) -> tuple[RightsStatement, ...]:
    """Return what was agreed with the portal."""
    return (RightsStatement(right="agreed", source="seed", said=rules.agreed),) if rules.agreed else ()


def statement(right: str, source: RightsSource, said: str, read: datetime | None) -> RightsStatement:
    """Return the record of one statement about use.

    :param right: the right in one word
    :param said: the statement as it is written; it is put on one line and cut
    :param read: when it was read
    """
    return RightsStatement(
        right=right,
        source=source,
        said=" ".join(said.encode("utf-8", "replace").decode().split())[:_LONGEST],
        read=read,
    )
