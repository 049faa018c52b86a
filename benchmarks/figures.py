"""Where raw figures and curves of benchmarks stand: ``docs/performance``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "performance"


def write_figures(path: Path, figures: Mapping[str, Any]) -> None:
    """Write raw figures as JSON."""
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
