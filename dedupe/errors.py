"""The error that bad input raises in every package; the command line turns it into one sentence."""


class InputError(ValueError):
    """What was given cannot be used. The message names the file, line, key or URL and the remedy."""

    exit_code = 2
