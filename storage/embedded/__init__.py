"""The private mongod of this machine. Door: :mod:`storage.embedded.client`."""
