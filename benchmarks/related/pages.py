"""The labelled pages as a WARC file, from a checkout of fundus, whose tests hold them.

    git clone https://github.com/flairNLP/fundus && git -C fundus checkout 18da6e53592f99cf0ac5770dc63d6ba99ba63ae8
    python benchmarks/related/pages.py fundus pages.warc.gz

The pages belong to their publishers and are no part of this repository. Needs warcio.
"""

from __future__ import annotations

import gzip
import json
import sys
from io import BytesIO
from pathlib import Path
from urllib.parse import urldefrag

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

LABELS = Path(__file__).with_name("labels.jsonl")


def main(checkout: str, output: str) -> int:
    """Write the pages in the order of the labels; exit code 1 if one is missing."""
    wanted = [json.loads(line)["url"] for line in LABELS.read_text(encoding="utf-8").splitlines()]
    files = {
        urldefrag(facts["url"])[0]: info.parent / name
        for info in Path(checkout, "tests/resources/parser/test_data").glob("*/meta.info")
        for name, facts in json.loads(info.read_text(encoding="utf-8")).items()
    }
    missing = [url for url in wanted if url not in files]
    with Path(output).open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url in wanted:
            if url in files:
                head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
                body = BytesIO(gzip.decompress(files[url].read_bytes()))
                writer.write_record(writer.create_warc_record(url, "response", payload=body, http_headers=head))
    print(f"{len(wanted) - len(missing)} of {len(wanted)} pages in {output}")
    for url in missing:
        print(f"missing: {url}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
