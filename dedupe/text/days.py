"""Days without a clock: by when what was published on one of them was surely published."""

from __future__ import annotations

from datetime import MAXYEAR, UTC, datetime, timedelta

from dedupe.text.figures import TIME_OF_DAY


def end_of_day(midnight: datetime) -> datetime:
    """Return the last moment of the day that begins at *midnight*: it is not first over a known hour of that day.

    >>> end_of_day(datetime(2026, 3, 14, tzinfo=UTC)).isoformat()
    '2026-03-14T23:59:59.999999+00:00'
    """
    return midnight + timedelta(days=1) - timedelta(microseconds=1) if midnight.year < MAXYEAR else midnight


def written(moment: datetime) -> str:
    """Return *moment* in ISO 8601, without a time where it is what :func:`end_of_day` returned.

    >>> written(end_of_day(datetime(2026, 3, 14, tzinfo=UTC)))
    '2026-03-14'
    """
    is_day = (moment.second, moment.microsecond) == (59, 999_999)
    return moment.date().isoformat() if is_day else moment.isoformat()


def has_time(published_raw: str) -> bool:
    """Return whether a time as a page writes it names more than the day.

    >>> [has_time(raw) for raw in ("14/03/2026", "2026-03-14", "14/03/2026 | 05:30", "2026-03-14T05:30Z", "")]
    [False, False, True, True, True]
    """
    return not published_raw.strip() or TIME_OF_DAY.search(published_raw) is not None


def known_by(published: datetime | None, published_raw: str) -> datetime | None:
    """Return by when a text was surely published; one without timezone counts as UTC.

    :param published: of a date without a time, when that day began
    :param published_raw: as the page writes it; empty counts as a time
    """
    if published is None:
        return None
    moment = published.replace(tzinfo=UTC) if published.tzinfo is None else published.astimezone(UTC)
    return moment if has_time(published_raw) else end_of_day(moment)
