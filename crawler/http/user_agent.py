"""Who storykin says it is when it asks a portal for a page."""

from __future__ import annotations

from importlib.metadata import version

from dedupe.errors import InputError


def user_agent(contact: str) -> str:
    """Return the one user agent of all requests, such as ``storykin/0.2.0 (+https://example.org/bot)``."""
    name = f"storykin/{version('storykin')}"
    return f"{name} (+{contact})" if contact else name


def require_contact(contact: str) -> None:
    """Make sure that a portal's owner can find out who is crawling.

    :raises InputError: if *contact* names neither an e-mail address nor a web page, or breaks the header
    """
    if not contact:
        raise InputError(
            "set STORYKIN_CONTACT to your e-mail address or web page first: "
            "a portal's owner must be able to reach whoever crawls it"
        )
    plausible = "@" in contact or contact.startswith(("http://", "https://"))
    if not plausible or not contact.isascii() or not contact.isprintable() or " " in contact:
        raise InputError(f"STORYKIN_CONTACT is {contact!r}; it must be an e-mail address or a web page's URL")
