"""Consent walls: pages that say only what happens with the reader's data, and ask for a click."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.article.body.sources import Source

CONSENT_WALL = "consent wall"
"""Name of such a page in reasons and in ``Article.quality``."""

_MOST = 12_000
"""Letters of the longest wall, with its list of purposes."""
_LEAST = 120
_BESIDE = 100
"""Letters that may stand beside: the site's name, a heading, the imprint. A short story has more."""

# A wall speaks of itself and to the reader, a story about walls in the third person.
_SPEAKS = re.compile(
    r"\b(?:we|us|our)\b.{0,200}\b(?:cookies?|partners|personal data|identifiers|privacy)\b"
    r"|\byou(?:r)?\b.{0,120}\b(?:consent|cookies?|privacy (?:settings|choices)|personal data|data preferences)\b"
    r"|\b(?:store and/or access|personali[sz]ed (?:ads|advertising|content)|audience research|legitimate interests?)\b"
    r"|\b(?:wir|unsere[rnm]?|ihre[rn]?)\b.{0,200}\b(?:cookies?|partner|daten|einwilligung|zustimmung)\b"
    r"|\b(?:nous|nos|votre|vos)\b.{0,200}\b(?:cookies?|partenaires|données|consentement)\b"
    r"|\b(?:nosotros|nuestros|nuestras|tus?|sus?|usamos|utilizamos)\b.{0,200}\b(?:cookies?|socios|datos|consentimiento)\b"
    r"|\b(?:noi|nostri|tuoi|tuo|utilizziamo|usiamo)\b.{0,200}\b(?:cookies?|partner|dati|consenso)\b"
    r"|\b(?:wij|we|onze|jouw|je|uw)\b.{0,200}\b(?:cookies?|partners|gegevens|toestemming)\b"
    r"|(?:chúng tôi|của bạn).{0,200}(?:cookies?|đối tác|dữ liệu|quyền riêng tư)"
    r"|\b(?:мы|наши|вашего|ваши)\b.{0,200}(?:cookies?|партнёр|партнер|данны|согласи)",
    re.IGNORECASE,
)
_CLICK = re.compile(
    r"\b(?:accept|agree|allow|reject|decline|refuse|manage (?:options|choices|settings)|settings|continue without)\b"
    r"|\b(?:akzeptieren|zustimmen|einverstanden|ablehnen|accepter|refuser|aceptar|rechazar|accetta|rifiuta|akkoord|accepteren|weigeren)\b"
    r"|đồng ý|chấp nhận|từ chối|принять|принимаю|согласен|отклонить",
    re.IGNORECASE,
)
_BUTTON = 60
"""Letters of the longest label of a button."""


def is_consent_wall(sources: Sequence[Source]) -> bool:
    """Tell whether a page is a consent wall and nothing else.

    :param sources: all runs of the page; those that are mostly links do not count
    """
    if sum(len(run.key) for run in sources) > _MOST:
        return False
    speaking = clicks = beside = 0
    for run in sources:
        if len(run.key) <= _BUTTON and _CLICK.search(run.text):
            clicks += 1
        elif run.links < 0.5:
            if _SPEAKS.search(run.text):
                speaking += len(run.key)
            else:
                beside += len(run.key)
                if beside > _BESIDE:  # nearly every page ends here, after a few lines
                    return False
    return clicks > 0 and speaking >= _LEAST
