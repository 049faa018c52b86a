"""Verified pairs to clusters, under constraints; calibration. Door: :func:`dedupe.clusters.clusters.cluster`."""
