"""Loads extraction and what it loads on first use for every page, by taking an invented page apart.

Imported once, by the server that workers are forked from, so that no worker spends a second on it. What only some pages
need is left to the worker that meets one: free-form dates, undeclared languages, next to no text.
"""

from __future__ import annotations

import gc

from crawler.article.dissect import dissect
from crawler.article.page.page import Page
from crawler.workers.memory import keep_what_is_loaded

_PARAGRAPH = (
    "<p>Phần {} của bến phà mở lại vào sáng thứ hai, sau {} tuần sửa chữa; ông Tư, người lái phà, nói rằng hai bờ sông "
    "đã chờ chuyến đầu tiên từ tờ mờ sáng, và {} người đi chợ huyện đã kịp giờ.</p>"
)
_PAGE = (
    '<html lang="vi"><title>Bến phà mở lại</title><article><h1>Bến phà mở lại</h1>'
    + "".join(_PARAGRAPH.format(n, n + 3, 20 * n) for n in range(1, 9))
    + '</article><h3>Tin liên quan</h3><ul><li><a href="/cau-tau-bi-dong-100001.html">Cầu tàu bị đóng cửa</a></ul>'
)

dissect(Page(url="https://bao.example/ben-pha-mo-lai-100002.html", body=_PAGE.encode()))

gc.collect()
keep_what_is_loaded()
