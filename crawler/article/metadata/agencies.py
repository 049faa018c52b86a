"""News agencies in bylines, and the one name of each."""

from __future__ import annotations

import re

_AGENCY = re.compile(
    r"\b(?i:associated press|reuters|agence[- ]france[- ]presse|bloomberg(?: news)?|press association|pa media|xinhua"
    r"|tass|interfax|ria novosti"
    r"|kyodo(?: news)?|yonhap|canadian press|press trust of india|deutsche presse-agentur"
    r"|united press international|anadolu(?: agency)?"
    r"|europa press|agencia brasil|agência brasil|tribune news services?"
    r"|thông tấn xã việt nam|тасс|интерфакс|риа новости|新华社|共同通信|時事通信|연합뉴스)\b"
    r"|\b(?:AP|AFP|DPA|dpa|EFE|ANSA|UPI|PTI|ANI|IANS|TNN|VNA|TTXVN|APA|SDA|sda|KNA|epd|CNS|PAP|ČTK|ANP|NTB|TT"
    r"|Lusa|SID)\b"
    r"|\b(?i:(?:news|wire) (?:services?|agency)|nachrichtenagentur)\b",
)
_SHORT = 40
"""Characters up to which a part of a byline is the agency's name alone."""
_ONE_NAME = {
    alias: name
    for name, aliases in {
        "Associated Press": "ap, associated press",
        "Agence France-Presse": "afp, agence france presse",
        "Deutsche Presse-Agentur": "dpa, deutsche presse agentur",
        "United Press International": "upi, united press international",
        "Press Trust of India": "pti, press trust of india",
        "Canadian Press": "canadian press",
        "PA Media": "press association, pa media",
        "Thông tấn xã Việt Nam": "ttxvn, vna, vietnam news agency, thông tấn xã việt nam",
        "Xinhua": "xinhua, xinhua news agency, 新华社",
        "Kyodo": "kyodo, kyodo news, 共同通信",
        "Jiji Press": "jiji, jiji press, 時事通信",
        "Yonhap": "yonhap, yonhap news, yonhap news agency, 연합뉴스",
        "Anadolu": "anadolu, anadolu agency",
        "TASS": "tass, itar tass, тасс, итар тасс",
        "Interfax": "interfax, интерфакс",
        "RIA Novosti": "ria novosti, риа новости",
        "Bloomberg": "bloomberg, bloomberg news",
        "Agência Brasil": "agencia brasil, agência brasil",
        "Reuters": "reuters",
        "EFE": "efe, agencia efe",
        "ANSA": "ansa",
    }.items()
    for alias in aliases.split(", ")
}


def agency_in(part: str) -> str:
    """Return the news agency that *part* of a byline names; empty if none.

    A known agency has one name, however it is written; another one stands as written.

    >>> agency_in("The ASSOCIATED PRESS"), agency_in("AP"), agency_in("Jane Roe")
    ('Associated Press', 'Associated Press', '')
    """
    found = _AGENCY.search(part)
    if found is None:
        return ""
    for written in (part, found[0]):
        key = re.sub(r"[-‐–\s]+", " ", written).strip(" .").casefold().removeprefix("the ")
        if key in _ONE_NAME:
            return _ONE_NAME[key]
    return found[0] if len(part) > _SHORT else part
