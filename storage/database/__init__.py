"""The store, its indexes, change marks, health. Door: :class:`storage.database.store.Store`."""
