"""The store, its indexes, health. Door: :class:`storage.database.store.Store`."""
