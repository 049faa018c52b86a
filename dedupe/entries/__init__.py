"""Repeated entries inside one page, and teasers. Door: :mod:`dedupe.entries.repeats`."""
