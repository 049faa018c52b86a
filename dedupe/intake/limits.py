"""How much is taken of what others made. Live answers, archives, saved pages and feeds have the same limits."""

from __future__ import annotations

MAX_BODY = 16 << 20
"""Bytes of one body, as sent and unpacked."""
MAX_SITEMAP = 50 << 20
"""Bytes of one sitemap, unpacked (sitemaps.org, protocol 0.9)."""
MAX_ROBOTS = 500 << 10
"""Bytes of a robots.txt (RFC 9309, 2.5)."""
MAX_HEAD = 256 << 10
"""Bytes of status line and header fields, those of 1xx answers before them included; what Chromium takes."""
MAX_CODINGS = 3
"""Codings in Content-Encoding; more than one is rare, and two a proxy's mistake."""
MAX_MEMBERS = 100
"""Parts of one gzip or zstd body, packed one by one; 16 MB may hold 800,000 empty ones."""
MAX_LINE = 64 << 20
"""Bytes of one line or cell of a file of documents, unpacked: some ten million words."""
