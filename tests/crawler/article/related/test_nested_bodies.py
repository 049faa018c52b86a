"""A page whose body lies in another element than the page's: read, not ended by it."""

from __future__ import annotations

import pytest

from crawler.article.dissect import dissect
from crawler.article.page.page import Page


@pytest.mark.parametrize("outer", ["wn", "x-app", "section"])
def test_a_body_inside_another_element_is_read(outer: str) -> None:
    body = f"<title>T</title><{outer}><body class=x><h1>T</h1><p>The ferry sails at nine.</p>"
    assert dissect(Page(url="https://e.vn/a", body=body.encode())).kind == "other"
