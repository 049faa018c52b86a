"""What leaks into an article: related blurbs, promotion lines, a lost lead, on invented Vietnamese pages.

    python -m benchmarks.leaks [--pages 50] [--json]

The pages and the measure: :mod:`tests.support.leak_pages`.
"""

from __future__ import annotations

import argparse
import json
import sys

from crawler.article.dissect import anatomy
from crawler.article.page.page import Page
from tests.support.leak_pages import measure


def trafilatura_alone(page: Page) -> str:
    """Return what trafilatura gives by default, for comparison."""
    import trafilatura

    return trafilatura.extract(page.body.decode(), url=page.url, include_comments=False) or ""


def main() -> int:
    """Print the table; exit 1 where something leaks or is lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    extractors = {"storykin": lambda page: anatomy(page).text, "trafilatura alone": trafilatura_alone}
    table = {
        f"{name}, {kind}": measure(extract, options.pages, vary=kind == "varied")
        for kind in ("equal copies", "varied")
        for name, extract in extractors.items()
    }
    if options.json:
        print(json.dumps(table, ensure_ascii=False))
    else:
        for name, row in table.items():
            print(f"{name:32}" + "  ".join(f"{what} {value:.3f}" for what, value in row.items()))
    ours = [row for name, row in table.items() if name.startswith("storykin")]
    good = all(
        r["body recall"] >= 0.998 and not r["blurbs left"] and not r["promo left"] and r["lead kept"] == 1 for r in ours
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
