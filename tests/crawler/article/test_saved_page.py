"""Which seed a saved page is read with."""

from __future__ import annotations

from crawler.article.saved_page import seed_chooser
from crawler.portals.seed import GENERIC


def test_the_seed_none_turns_the_rules_of_every_portal_off() -> None:
    address = "https://vov.vn/kinh-te/gia-dau-tang-post900101.vov"
    assert seed_chooser("")(address).name == "vov"
    assert seed_chooser("none")(address) is GENERIC
