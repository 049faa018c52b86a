"""Commands of storykin, one module each. Door: :mod:`crawler.cli.main`."""

try:
    import dedupe.intake  # noqa: F401
except ImportError as problem:  # the package of this name that another project publishes
    raise SystemExit(
        f"storykin: its package dedupe is not the one that is imported here ({problem}). Another project's is named so "
        "as well: pip uninstall dedupe, then pip install --force-reinstall --no-deps storykin"
    ) from None
