"""What waits, what failed, hosts, runs. Door: :mod:`storage.frontier.frontier`."""
