"""What waits, what failed, hosts, runs, related links. Door: :mod:`storage.frontier.frontier`."""
