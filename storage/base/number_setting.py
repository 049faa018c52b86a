"""Settings that are a number with a unit, from the environment, Scrapy's settings or a spider's arguments."""

from __future__ import annotations

from dedupe.errors import InputError


def number_setting(
    name: str,
    value: object,
    usual: float,
    limits: tuple[float, float],
    what: str,
    *,
    whole: bool = False,
    error: type[Exception] = InputError,
) -> float:
    """Return *value* as a number within *limits*, *usual* where it is empty.

    :param what: the unit, and what the least number means where it means something
    :param whole: take whole numbers only
    :param error: raised if it is no such number

    >>> number_setting("STORYKIN_KEEP_PAGES_DAYS", " 7.5 ", 30, (0, 36_500), "days")
    7.5
    >>> number_setting("STORYKIN_KEEP_PAGES_DAYS", None, 30, (0, 36_500), "days")
    30
    """
    text = "" if value is None else str(value).strip()
    if not text:
        return usual
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    least, most = limits
    if not least <= number <= most or (whole and number % 1):
        kind = "a whole number" if whole else "a number"
        raise error(f"{name}={text!r}: write {kind} of {what}, from {least:g} to {most:.0f}")
    return number
