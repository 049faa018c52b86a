"""What a MongoDB driver error means for an operator: one sentence with the remedy and without a secret."""

from __future__ import annotations

import re
from urllib.parse import unquote

from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    ExecutionTimeout,
    InvalidURI,
    OperationFailure,
    PyMongoError,
)

HIDDEN_OPTIONS = "tlsCertificateKeyFilePassword|authMechanismProperties|proxyPassword"
PASSWORD = re.compile(r"\A((?:[\w+.-]*://)?+[^:/@]*):(.*)@", re.DOTALL)
# Codes: https://github.com/mongodb/mongo/blob/v6.0/src/mongo/base/error_codes.yml
OUT_OF_DISK = frozenset({14031})
REFUSED = frozenset({18, 8000})
"""AuthenticationFailed, and what Atlas answers in its place."""
UNAUTHORISED = frozenset({13})
NO_PRIMARY = frozenset({10107, 11602, 13435, 189})
TOO_LARGE = frozenset({10334, 17419, 17420})
PASSING = frozenset({6, 7, 50, 64, 89, 91, 112, 133, 134, 262, 317, 9001, 10058, 11600, 11601, 13436, 13388, 39})
"""Codes of servers that are restarted, elect a primary, lose a member or are slow; those of
:data:`OUT_OF_DISK` and :data:`NO_PRIMARY` beside them."""


def masked(uri: str) -> str:
    """Return *uri* without its secrets, also where it is malformed: up to the last ``@`` all may be password.

    >>> masked("mongodb://ann:s3cret@db.example:27017/news?tls=true")
    'mongodb://ann:***@db.example:27017/news?tls=true'
    >>> masked("mongodb://ann:s3/c@ret@db.example/news")
    'mongodb://ann:***@db.example/news'
    """
    uri = PASSWORD.sub(r"\1:***@", uri, count=1)
    return re.sub(rf"({HIDDEN_OPTIONS})=[^&]*", r"\1=***", uri, flags=re.IGNORECASE)


def explained(problem: PyMongoError, uri: str, source: str = "MONGODB_URI") -> str:
    """Return one sentence for *problem* at *uri*: what is wrong and what to do. No password in it.

    :param source: what the operator wrote *uri* in
    """
    place = f"MongoDB at {masked(uri)}"
    reason = brief(problem, uri)
    by_code = _by_code(_codes(problem), place, reason, source)
    if by_code:
        return by_code
    if isinstance(problem, InvalidURI):
        return f"{source} cannot be read ({reason}): it is {masked(uri)}"
    if isinstance(problem, ConfigurationError):
        return f"{place} cannot be used as configured ({reason}): check {source}"
    if isinstance(problem, ConnectionFailure | ExecutionTimeout):
        return f"{place} does not answer ({reason}): start it, or check the host and port in {source}"
    return f"{place} cannot do this ({reason})"


def _by_code(codes: set[int], place: str, reason: str, source: str) -> str:
    table = (
        (OUT_OF_DISK, f"the disk of {place} is full: free some space, then run the command again"),
        (
            REFUSED,
            f"{place} refuses the user or the password: check both, and authSource, in {source}",
        ),
        (
            UNAUTHORISED,
            f"the user of {place} may not do this ({reason}): grant it readWrite on the database",
        ),
        (NO_PRIMARY, f"{place} is no primary: name all members and the replicaSet in {source}"),
        (TOO_LARGE, f"{place} takes no document over 16 MB ({reason})"),
    )
    return next((sentence for wanted, sentence in table if wanted & codes), "")


def may_pass(problem: PyMongoError) -> bool:
    """Return whether the same operation may succeed a little later without anybody changing the command."""
    if isinstance(problem, ConnectionFailure | ExecutionTimeout) or problem.timeout:
        return True
    if any(map(problem.has_error_label, ("RetryableWriteError", "TransientTransactionError"))):
        return True
    return bool(_codes(problem) & (PASSING | OUT_OF_DISK | NO_PRIMARY))


def _codes(problem: PyMongoError) -> set[int]:
    codes = {problem.code} if isinstance(problem, OperationFailure) else set()
    if isinstance(problem, BulkWriteError):
        failed = [*problem.details.get("writeErrors", ()), *problem.details.get("writeConcernErrors", ())]
        codes |= {entry.get("code") for entry in failed}
    return {code for code in codes if code is not None}


def brief(problem: PyMongoError, uri: str = "") -> str:
    """Return the driver's own words without its dump of the topology and without a secret of *uri*."""
    text = re.split(r", full error:| \(configured timeouts:|, Timeout:", str(problem))[0]
    if isinstance(problem, BulkWriteError):
        text = next((str(entry.get("errmsg")) for entry in problem.details.get("writeErrors", ())), text)
    for secret in _secrets(uri):
        text = text.replace(secret, "***")
    return " ".join(text.split())[:300].rstrip(".")


def _secrets(uri: str) -> set[str]:
    password = PASSWORD.match(uri)
    options = re.findall(rf"(?:{HIDDEN_OPTIONS})=([^&]*)", uri, flags=re.IGNORECASE)
    found = {*options, *([password[2]] if password else [])}
    # A malformed URI is quoted in parts: whatever stands between its separators may be of the password.
    found |= {part for secret in found for part in re.split(r"[@/:]", secret) if len(part) >= 3}
    return {form for secret in found for form in (secret, unquote(secret)) if form}
