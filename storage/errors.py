"""Errors of the store, in words an operator can act on."""


class StorageError(RuntimeError):
    """The database cannot be reached, refuses, is full or holds something unusable. Never quotes a password."""

    exit_code = 5


class UnavailableError(StorageError):
    """The database is away for a reason that may pass: no answer, no primary, a full disk. To try again is safe."""


class StoppedWaitingError(StorageError):
    """The crawl was told to stop while its database was away."""
