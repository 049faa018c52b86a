"""A portal as data: the seed, its reader, its checks, its timetable. Door: :mod:`crawler.portals.reader`."""
