"""The exit codes of all commands. Apart from what finds them, so that a command that only names one loads no crawl."""

OK, FAILED, USAGE, BELOW_EXPECTATION, BLOCKED, STORAGE, RUNNING, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130
MEANINGS = {
    OK: "ok",
    FAILED: "failed",
    USAGE: "bad input",
    BELOW_EXPECTATION: "below expectation",
    BLOCKED: "blocked",
    STORAGE: "database",
    RUNNING: "already running",
    INTERRUPTED: "interrupted",
}
"""The codes in words."""
