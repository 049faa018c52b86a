"""Scrapy settings of the project: safe and polite unless an operator says otherwise.

What depends on the portal or on ``--record`` and ``--replay`` is set by the spider's ``update_settings``.
"""

from __future__ import annotations

import os
from typing import Any

from scrapy.settings import default_settings

from crawler.http.network_guard import GUARDED_HANDLER, REPLAY_HANDLER, RESOLVER
from crawler.http.user_agent import user_agent

BOT_NAME = "storykin"
SPIDER_MODULES: list[str] = []
SPIDER_LOADER_CLASS = "crawler.crawl.spiderloader.SeedSpiderLoader"

# Own settings. Strings, so that ``scrapy crawl vov -s STORYKIN_REPLAY=…`` works too.
STORYKIN_CONTACT = os.environ.get("STORYKIN_CONTACT", "")  # URL or e-mail address in the user agent
STORYKIN_SEEDS = os.environ.get("STORYKIN_SEEDS", "")  # folder of seed files beside the bundled ones
STORYKIN_RECORD = ""  # WARC file to record to
STORYKIN_KEEP_PAGES_DAYS = os.environ.get("STORYKIN_KEEP_PAGES_DAYS", "")  # of raw responses; empty: 30, 0: none
STORYKIN_REPLAY = ""  # WARC file to read instead of the network
STORYKIN_REPLAY_AT = ""  # capture time wanted: a date or a time
STORYKIN_WORKERS = os.environ.get("STORYKIN_WORKERS", "")  # processes that take pages apart; 0: none, empty: all cores
STORYKIN_PAGE_SECONDS = os.environ.get("STORYKIN_PAGE_SECONDS", "")  # for taking one page apart; empty: 30
STORYKIN_PAGE_MEGABYTES = os.environ.get("STORYKIN_PAGE_MEGABYTES", "")  # memory it may need; empty: 1500
STORYKIN_ANSWER_SECONDS = os.environ.get("STORYKIN_ANSWER_SECONDS", "")  # for one whole answer; empty: 30
STORYKIN_ALLOW_HOSTS: list[str] = []  # host:port of private servers that may be reached, for intranets and tests

# Who we are, and what a portal may expect of us.
USER_AGENT = user_agent(STORYKIN_CONTACT)
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = BOT_NAME
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0.0  # the delay is the least, for the host; all workers share it: crawler.http.pace
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 2.0
COOKIES_ENABLED = False  # of redirects alone: crawler.http.redirect_cookies
# A front page that reloads itself every minute is no redirect.
METAREFRESH_MAXDELAY = 5
RETRY_TIMES = 2

# Safety: https://docs.scrapy.org/en/latest/topics/security.html names each of these as the user's to set.
TWISTED_DNS_RESOLVER = RESOLVER
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "http": GUARDED_HANDLER,
    "https": GUARDED_HANDLER,
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # bytes, before and after decompression
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 5
# A proxy resolves names itself, behind the guard's back; HTTPPROXY_ENABLED=True accepts that.
HTTPPROXY_ENABLED = False
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# The frontier knows what was asked for; every response reaches the callback and is accounted for there.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # of a host the oldest goes first
HTTPERROR_ALLOW_ALL = True
# A page is one item. Scrapy starts so many tasks for each response: with its usual 100 they took an eighth of a crawl.
CONCURRENT_ITEMS = 1
DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "crawler.http.offsite.PortalOffsiteMiddleware": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.http.robots.StrictRobotsMiddleware": 100,
    # Before RetryMiddleware (550) sees an answer; it retries what 429 and 503 do not mean.
    "crawler.http.backoff.BackOffMiddleware": 560,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "crawler.http.meta_refresh.ElsewhereRefreshMiddleware": 580,
    # Nearer to the network than the middlewares that redirect (580, 600).
    "crawler.http.redirect_cookies.RedirectCookiesMiddleware": 610,
    "crawler.http.operator_headers.OperatorHeadersMiddleware": 620,
    # In the place of Scrapy's own.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.http.limits.ContentEncodingMiddleware": 590,
    # Nearest to the downloader but one: sees its exceptions before RetryMiddleware (550) does.
    "crawler.http.network_guard.NetworkGuardMiddleware": 890,
}
# Each is a generator more around every page, for requests that a callback yields; ours yield pages only.
SPIDER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # the frontier counts the depth
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # would let all pass: HTTPERROR_ALLOW_ALL
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,  # marks requests for Scrapy's own scheduler
    # crawler.urls.canonical has a limit; what this one drops vanishes with its lease, and the crawl waits for it.
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}
# The ledger of hosts and the run's record count requests, bytes and statuses.
DOWNLOADER_STATS = False
EXTENSIONS: dict[str, int | None] = {"crawler.warc.record.RecordExtension": 500}
# Off above. Scrapy loads a class also to learn that it is ``None`` in EXTENSIONS, and what these two need (aiohttp,
# twisted.conch) takes 0.2 s of the start.
EXTENSIONS_BASE: dict[str, int] = {
    name: order
    for name, order in default_settings.EXTENSIONS_BASE.items()
    if not name.startswith(("scrapy.extensions.telnet.", "scrapy.extensions.remote_control."))
}
ITEM_PIPELINES: dict[str, int] = {"crawler.crawl.pipelines.StorePipeline": 900}

LOG_LEVEL = "WARNING"
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # it becomes a failure with its reason
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"
FEED_EXPORT_ENCODING = "utf-8"


def for_replay() -> dict[str, Any]:
    """Return the settings under which no request can reach the network and none waits."""
    return {
        "DOWNLOAD_HANDLERS": {**DOWNLOAD_HANDLERS, "http": REPLAY_HANDLER, "https": REPLAY_HANDLER},
        **UNHURRIED,
        # An archive answers the same way every time.
        "RETRY_ENABLED": False,
    }


UNHURRIED: dict[str, Any] = {
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "CONCURRENT_REQUESTS": CONCURRENT_REQUESTS,
    "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENT_REQUESTS,
}
"""For servers that nobody else waits for: an archive, or this machine."""
