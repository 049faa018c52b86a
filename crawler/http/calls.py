"""How what stands between a request and its answer reaches the database, whoever holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class DatabaseCalls(Protocol):
    """Calls functions of the store without blocking the event loop."""

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return ``function(store, *arguments)``.

        :raises StorageError: where the driver fails, or the database stays away
        """
