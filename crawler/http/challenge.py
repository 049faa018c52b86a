"""Pages that ask whether a human is there, in place of the page that was asked for. Pure.

Told by what only such a page has: headers that the guards document, and names in their markup. Scripts of the same
guards on ordinary pages are no sign, and a page that holds an article is none either (the caller sees to that).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import lxml.html
from lxml import etree

STATUSES = frozenset({202, 401, 403, 405, 429, 503})
"""HTTP statuses under which guards answer; 200 occurs as well."""

_LARGEST = 200_000
"""Bytes looked at; a challenge page has far fewer."""
_MOST_TEXT = 1_500
"""Visible characters of an answer with status 200; a page with more has something of its own to say."""

_HEADERS = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-amzn-waf-action", "challenge", "AWS WAF"),
    ("x-amzn-waf-action", "captcha", "AWS WAF"),
    ("x-vercel-mitigated", "challenge", "Vercel"),
    ("x-datadome", "protected", "DataDome"),
)
"""(header, part of its value, guard): each guard's own documentation."""

_MARKUP = (
    (r"_cf_chl_opt|/cdn-cgi/challenge-platform/h/[bg]/orchestrate|cf-browser-verification", "Cloudflare"),
    (r"(?:geo|ct|c)\.captcha-delivery\.com", "DataDome"),
    (r"_pxCaptcha|id=[\"']px-captcha|px-captcha-wrapper", "HUMAN"),
    (r"_Incapsula_Resource\?[^\"']{0,80}(?:incident|SWUDNSAI|edet)|Incapsula incident ID", "Imperva"),
    (r"sec-if-cpt-container|_sec/cp_challenge", "Akamai"),
    (r"AwsWafIntegration\.(?:getToken|forceRefreshToken|checkForceRefresh)|awsWafCookieDomainList", "AWS WAF"),
    (r"sucuri_cloudproxy_js|Sucuri Website Firewall - Access Denied", "Sucuri"),
    (r"<title>\s*DDoS-Guard|/\.well-known/ddos-guard/js-challenge", "DDoS-Guard"),
    (r"/\.within\.website/x/(?:cmd/anubis|xess)|anubis_challenge", "Anubis"),
    (r"kpsdk-(?:ct|cd)|ips\.js\?KP_UIDz", "Kasada"),
)
_WORDS = re.compile(
    r"(?i)verif(?:y|ying) (?:that )?you are (?:a )?human|verify you(?:'|’|&#39;|&#x27;)re (?:a )?human|"
    r"are you a (?:robot|human)\?|(?:confirm|prove) (?:that )?you(?:'re| are) (?:not a robot|(?:a )?human)|"
    r"making sure you(?:'|’|&#39;|&#x27;)re not a bot|checking (?:if the site connection is secure|your browser)|"
    r"enable javascript and cookies to continue|unusual (?:traffic|activity) from your|pardon our interruption|"
    r"press (?:&amp;|&|and) hold to confirm|attention required! \| cloudflare|"
    r"(?:xác (?:minh|nhận|thực)) (?:rằng )?bạn (?:là con người|không phải (?:là )?(?:robot|người máy))|"
    r"подтвердите, что вы не робот|vérifi(?:ez|er) que vous êtes (?:un )?humain|"
    r"请?(?:完成安全验证|验证您是真人)|bestätigen sie,? dass sie (?:ein mensch|kein roboter) sind"
)
_INVISIBLE = ("script", "style", "noscript", "template")


def challenge(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Return whose challenge page an answer is (``Cloudflare``, …, ``a captcha``); empty if it is none.

    :param headers: names in lower case
    :param body: decompressed
    """
    for name, part, guard in _HEADERS:
        # DataDome marks every answer of a portal that it guards.
        if part in headers.get(name, "").lower() and (name != "x-datadome" or status in (401, 403, 429)):
            return guard
    text = body[:_LARGEST].decode("utf-8", "replace")
    guard = next((guard for pattern, guard in _MARKUP if re.search(pattern, text)), "")
    if not guard and _WORDS.search(text):
        guard = "a captcha"
    if not guard or (status not in STATUSES and not _says_little(text)):
        return ""
    return guard


def _says_little(html: str) -> bool:
    try:
        tree = lxml.html.document_fromstring(html.encode())
    except (etree.ParserError, ValueError):
        return True
    etree.strip_elements(tree, *_INVISIBLE, with_tail=False)
    return len(" ".join("".join(map(str, tree.itertext())).split())) <= _MOST_TEXT
