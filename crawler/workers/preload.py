"""Loads extraction, with the tables that it makes on first use: code points, public suffixes, languages.

Imported once, by the server that workers are forked from, which knows no other way to prepare than an import: so no
worker spends a second and a half on it. What only some pages need is left to the worker that meets one: free-form
dates, next to no text.
"""

from __future__ import annotations

import gc
import logging

import crawler.article.dissect  # noqa: F401
from crawler.article.page.language import detect_language
from crawler.urls.canonical import site_of
from crawler.workers.memory import keep_what_is_loaded
from dedupe.text.normalise import normalise

normalise("Bến phà")
detect_language("Bến phà " * 8)
site_of("https://www.example.org/")

# It logs every page that it finds nothing on; the article's ``quality`` says so.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

gc.collect()
keep_what_is_loaded()
