"""news-please: its command with the SitemapCrawler, 16 requests at once, JSON files."""

import json
import subprocess
import sys
from pathlib import Path

import newsplease

CHANGES = {
    "CONCURRENT_REQUESTS_PER_DOMAIN=4": "CONCURRENT_REQUESTS_PER_DOMAIN=16",
    "LOG_LEVEL = INFO": "LOG_LEVEL = ERROR",
    "check_certificate = True": "check_certificate = False",
    "'newsplease.pipeline.pipelines.HtmlFileStorage':200,": "",
}


def main(base, out, folder):
    work = Path(folder) / "news-please"
    (work / "config").mkdir(parents=True)
    config = (Path(newsplease.__file__).parent / "config" / "config.cfg").read_text(encoding="utf-8")
    for before, after in {**CHANGES, "~/news-please-repo/": f"{work}/data/"}.items():
        config = config.replace(before, after)
    (work / "config" / "config.cfg").write_text(config, encoding="utf-8")
    (work / "config" / "sitelist.hjson").write_text(
        json.dumps({"base_urls": [{"url": f"{base}/", "crawler": "SitemapCrawler"}]}), encoding="utf-8"
    )
    command = Path(sys.executable).parent / "news-please"
    subprocess.run([command, "-c", str(work / "config")], check=True, stdout=subprocess.DEVNULL)
    with Path(out).open("w", encoding="utf-8") as file:
        for path in (work / "data").rglob("*.json"):
            found = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(found, dict) and "maintext" in found:
                row = {"url": found["url"], "title": found["title"], "text": found["maintext"] or ""}
                row["at"] = path.stat().st_mtime  # it waits some seconds before it ends
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
