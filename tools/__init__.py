"""What the project makes of its own code, for those who work on it; no part of the package that is installed."""
