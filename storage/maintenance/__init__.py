"""What an operator runs on a whole store: repair, rebuild, migrate, prune, move. Doors: its modules, one a command."""
