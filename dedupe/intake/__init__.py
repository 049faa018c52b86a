"""The one door for foreign bytes: what is taken of them, and the one decoder of their codings.

Bounds by size hold wherever this room is used. Bounds of time and memory are those of the worker processes in which
commands take apart what came through it (:mod:`crawler.workers.pool`): ``--workers 0`` and direct calls are without.
"""
