"""A folder of fingerprints, to find what an old corpus says already. Door: dedupe.index.folder.Index."""

from dedupe.index.against import cluster_against
from dedupe.index.folder import Index, Match

__all__ = ["Index", "Match", "cluster_against"]
