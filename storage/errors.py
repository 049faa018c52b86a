"""Errors of the store, in words an operator can act on."""


class StorageError(RuntimeError):
    """The database cannot be reached, refuses, is full or holds something unusable. Never quotes a password."""

    exit_code = 5
