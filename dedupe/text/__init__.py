"""Text made comparable: normalised, words, shingles, figures. Door: :mod:`dedupe.text.normalise`."""
