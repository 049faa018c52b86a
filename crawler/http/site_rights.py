"""What the files of a host say may be done with its pages: ``/robots.txt`` and ``/.well-known/tdmrep.json``. Pure.

Groups of robots.txt by RFC 9309, 2.2; ``Content-Signal`` within them by contentsignals.org; tdmrep.json by the W3C
Community Group's report "TDM Reservation Protocol" of 10 May 2024, whose patterns are those of robots.txt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from protego import Protego

from crawler.portals.rights import signal_rights, tdm_rights
from storage.records import RightsStatement

TDMREP = "/.well-known/tdmrep.json"
_MOST_RULES = 1000

AI_AGENTS = frozenset(
    """
    addsearchbot ai2bot ai2bot-dolma amazonbot anthropic-ai applebot-extended bytespider ccbot chatgpt-user
    claude-searchbot claude-user claude-web claudebot cohere-ai cohere-training-data-crawler deepseekbot diffbot
    duckassistbot facebookbot firecrawlagent google-cloudvertexbot google-extended gptbot img2dataset imagesiftbot
    meta-externalagent meta-externalfetcher mistralai-user oai-searchbot omgili omgilibot pangubot perplexity-user
    perplexitybot timpibot velenpublicwebcrawler webzio-extended youbot
    """.split()
)
"""Names in robots.txt of crawlers that gather texts for models or feed them, as their operators document them."""


class SiteRights:
    """The two files of one origin.

    :param robots: text of robots.txt, empty where there is none; alike *tdmrep*
    :param read: when they were asked for
    :param agent: under which name robots.txt is obeyed
    """

    def __init__(self, robots: str, tdmrep: str, read: datetime | None, agent: str) -> None:
        self._read = read
        self._robots = Protego.parse(robots)
        groups = list(_groups(robots))
        own = [signals for agents, signals in groups if agent in agents]
        own = own or [signals for agents, signals in groups if "*" in agents]
        self._signals = [value for signals in own for value in signals]
        self._agents = sorted({name for agents, _ in groups for name in agents & AI_AGENTS})
        self._rules = list(_rules(tdmrep))

    def of(self, url: str) -> tuple[RightsStatement, ...]:
        """Return what the files say of the page at *url*."""
        found = [one for value in self._signals for one in signal_rights(value, "robots.txt", self._read)]
        if self._agents:
            refused = [name for name in self._agents if not self._robots.can_fetch(url, name)]
            right = "ai-agents:refused" if refused else "ai-agents:allowed"
            said = ", ".join(refused or self._agents)[:300]
            found.append(RightsStatement(right=right, source="robots.txt", said=said, read=self._read))
        for pattern, rule in self._rules:  # the first that matches is the one that holds
            if not pattern.can_fetch(url, "*"):
                reservation, policy = rule["tdm-reservation"], rule.get("tdm-policy")
                return (*found, *tdm_rights(reservation, policy, "tdmrep.json", self._read))
        return tuple(found)


def _groups(robots: str) -> Iterator[tuple[set[str], list[str]]]:
    """Yield the groups of robots.txt: the agents they name, in lower case, and their content signals."""
    agents: set[str] = set()
    signals: list[str] = []
    naming = False
    for line in robots.splitlines():
        name, colon, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        if name.lower() == "user-agent":
            if not naming:
                yield agents, signals
                agents, signals = set(), []
            agents.add(value.lower())
            naming = True
        elif colon:
            naming = False
            if name.lower() == "content-signal":
                signals.append(value)
    yield agents, signals


def _rules(tdmrep: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield the rules of tdmrep.json in their order, each with what knows the addresses it is for."""
    try:
        rules = json.loads(tdmrep or "[]")
    except (ValueError, RecursionError):
        return
    for rule in rules[:_MOST_RULES] if isinstance(rules, list) else ():
        location = rule.get("location") if isinstance(rule, dict) else None
        if isinstance(location, str) and location.strip() and "tdm-reservation" in rule:
            yield Protego.parse(f"User-agent: *\nDisallow: {' '.join(location.split())}"), rule
