"""Secrets out of texts that people and log collectors read: log lines, messages, reasons. Pure but for ``known``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from urllib.parse import unquote

MASK = "***"

_LEAST = 4
"""Characters of a secret that is masked wherever it stands; shorter ones would blot out ordinary words."""

# RFC 3986, 3.2.1: user information ends at the last "@" before the path. In a database URI passwords with unescaped
# slashes do occur, so there it ends at the last "@" of the word.
_DATABASE_URI = re.compile(r"(?i)\b(mongodb(?:\+srv)?://[^\s:/@'\"<>]{0,256}):[^\s'\"<>]{1,512}@")
_USER_AND_PASSWORD = re.compile(r"(?i)([a-z][a-z0-9+.-]{1,20}://[^\s:/?#@'\"<>]{0,256}):[^\s/?#'\"<>]{1,512}@")
_USER_ALONE = re.compile(r"(?i)\b((?:https?|socks5?h?|ftp)://)[^\s:/?#@'\"<>]{1,512}@")
_HEADER = re.compile(
    r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie2?|x-api-key|x-auth-token|x-amz-security-token)"
    r"(\\?[\"']?\s{0,4}(?:[:=]|,(?=\s?\(?\[?b?\\?[\"']))\s{0,4})"
    r"(\*\*\*(?=[,}\])]|$)|\[[^\]\r\n]*\]|\([^)\r\n]*\)|b?\\?\"[^\"\r\n]*\"|b?'[^'\r\n]*'|[^\r\n]+)"
)
# The second half: no English word after "Basic" has capitals or figures inside.
_SCHEME = re.compile(
    r"\b(Basic|Bearer|Digest|Negotiate)(\s{1,3})(?=\S{0,256}?[a-z][A-Z]|\S{0,256}?[\d=])[\w+/=.~-]{6,}"
)
_PARAMETER = re.compile(
    r"(?i)((?:^|[?&;\s,{\"'])[\w.-]{0,40}?(?:passw(?:or)?d|pwd|passphrase|secret|token|api[_-]?key|signature|"
    r"authMechanismProperties|session_?id)[\w.-]{0,20}[\"']?\s{0,2}[=:]\s{0,2}[\"']?)(?!\*\*\*)[^\s&\"'<>#,;)}]+"
)


class Masker:
    """Masks what looks like a secret, and the secrets that it was told, whatever they look like."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: tuple[str, ...] = ()
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """Mask these wherever they stand from now on, also percent-decoded; longer ones first."""
        forms = {form for secret in secrets for form in (secret, unquote(secret)) if len(form) >= _LEAST}
        self._known = tuple(sorted({*self._known, *forms}, key=lambda form: (-len(form), form)))

    def learn_uri(self, uri: str) -> None:
        """Mask the password of *uri*, and the user name where there is no password."""
        rest = uri.partition("://")[2]
        # The authority ends at the first slash unless the password has one itself.
        userinfo = rest.rpartition("@")[0] if uri.startswith("mongodb") else rest.partition("/")[0].rpartition("@")[0]
        user, colon, password = userinfo.partition(":")
        self.learn(password if colon else user)

    def __call__(self, text: str) -> str:
        """Return *text* with every secret replaced by ``***``; a second call changes nothing."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        if "://" in text:
            text = _DATABASE_URI.sub(rf"\1:{MASK}@", text)
            text = _USER_AND_PASSWORD.sub(rf"\1:{MASK}@", text)
            text = _USER_ALONE.sub(rf"\1{MASK}@", text)
        text = _HEADER.sub(rf"\1\2{MASK}", text)
        text = _SCHEME.sub(rf"\1\2{MASK}", text)
        return _PARAMETER.sub(rf"\1{MASK}", text)


def is_secret(name: str) -> bool:
    """Say whether what bears this name, a header or a parameter, is a secret.

    >>> is_secret("Set-Cookie"), is_secret("api_key"), is_secret("portal")
    (True, True, False)
    """
    return bool(_HEADER.fullmatch(f"{name}: x") or _PARAMETER.fullmatch(f"?{name}=x"))


def environment_masker() -> Masker:
    """Return a masker that knows the secrets in this process's environment: URIs with passwords, named secrets."""
    masker = Masker()
    for name, value in os.environ.items():
        if re.search(r"://[^\s/]*@", value) or value.startswith("mongodb"):
            masker.learn_uri(value)
        elif name.startswith("STORYKIN_") and re.search(r"PASSWORD|SECRET|TOKEN|KEY", name):
            masker.learn(value)
    return masker


mask = environment_masker()
"""The one of this process, in front of all logs and messages; what opens a database tells it the password."""
