"""The image and the compose file, as far as they can be checked without a Docker daemon."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


def test_the_image_copies_what_the_wheel_is_built_of() -> None:
    dockerfile = (CHECKOUT / "Dockerfile").read_text()
    for name in ("crawler", "dedupe", "storage", "seeds", "pyproject.toml", "README.md", "LICENSE"):
        assert re.search(rf"^COPY .*\b{re.escape(name)}\b", dockerfile, re.MULTILINE), name
        assert (CHECKOUT / name).exists()
    assert re.search(r"^USER storykin$", dockerfile, re.MULTILINE)


def test_every_image_is_pinned_to_a_version() -> None:
    dockerfile, compose = (CHECKOUT / "Dockerfile").read_text(), (CHECKOUT / "compose.yaml").read_text()
    images = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) + re.findall(r"image: (\S+)", compose)
    assert len(images) == 3
    assert [name for name in images if not re.search(r":\d+\.\d+\.\d+", name)] == []


def test_compose_holds_no_secret_and_refuses_to_start_without_one() -> None:
    compose = (CHECKOUT / "compose.yaml").read_text()
    for value in re.findall(r"(?:PASSWORD|CONTACT): (.+)", compose):
        assert re.fullmatch(r"\$\{\w+:\?.+\}", value), value
    assert "0.0.0.0" not in compose
    assert "ports:" not in compose
