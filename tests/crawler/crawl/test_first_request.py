"""What a crawl imports before its first request goes out."""

from __future__ import annotations

import subprocess
import sys


def test_what_no_first_request_needs_is_imported_later() -> None:
    code = (
        "import sys, crawler.cli.crawl, crawler.crawl.run_crawl, crawler.settings; "
        "print({'rich', 'warcio', 'fsspec'} & set(sys.modules), 'scrapy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["set()", "True"]
