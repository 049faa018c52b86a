"""Opening the store: where from, what is refused, and that no message shows a password."""

from __future__ import annotations

import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo import IndexModel, MongoClient
from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError, WriteError

from storage import open_store
from storage.base.driver_errors import explained
from storage.database import indexes
from storage.database.store import Store, masked
from storage.errors import StorageError
from storage.records import SCHEMA_VERSION

SECRET = "s3cr3tpw"


def test_times_come_back_in_utc(store: Store) -> None:
    moment = datetime(2026, 3, 14, 5, 30, tzinfo=UTC)
    store.db["articles"].insert_one({"_id": "a", "published": moment})
    row = store.db["articles"].find_one({"_id": "a"})
    assert row is not None
    assert row["published"] == moment
    assert row["published"].tzinfo is not None


def test_writes_wait_for_the_majority_and_are_retried(store: Store) -> None:
    assert store.db.write_concern.document == {"w": "majority"}
    assert store.client.options.retry_writes


def test_an_option_in_the_uri_wins(store: Store) -> None:
    with Store.open(f"{store.uri}&w=1&retryWrites=false") as other:
        assert other.db.write_concern.document == {"w": 1}
        assert not other.client.options.retry_writes


def test_the_database_comes_from_the_argument_else_the_path_else_the_name(mongodb_uri: str, store: Store) -> None:
    with Store.open(store.uri) as by_path:
        assert by_path.db.name == store.db.name
    with Store.open(store.uri, "another", prepare=False) as by_argument:
        assert by_argument.db.name == "another"
    with Store.open(mongodb_uri, prepare=False) as by_default:
        assert by_default.db.name == "storykin"


def test_open_store_uses_the_environment(store: Store) -> None:
    with open_store() as opened:
        assert repr(opened) == f"<StoreReader of {store!r}>"


def test_every_index_exists_and_a_second_opening_changes_nothing(store: Store) -> None:
    before = store.db["meta"].find_one({"_id": "schema"})
    assert before == {"_id": "schema", "schema_version": SCHEMA_VERSION, "indexes": indexes.fingerprint()}
    for name, models in indexes.INDEXES.items():
        assert set(store.db[name].index_information()) == {"_id_", *(model.document["name"] for model in models)}
    with Store.open(store.uri) as again:
        assert again.db["meta"].find_one({"_id": "schema"}) == before


def test_a_changed_index_takes_the_place_of_the_old_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = [IndexModel([("portal", 1), ("fetched", -1)], name="portal_published")]
    monkeypatch.setitem(indexes.INDEXES, "articles", changed)
    with Store.open(store.uri) as again:
        found = again.db["articles"].index_information()
    assert found["portal_published"]["key"] == [("portal", 1), ("fetched", -1)]


def test_the_environment_names_the_database_before_the_path(mongodb_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """``STORYKIN_DATABASE`` leads the commands to the demo's database; an argument goes before it."""
    monkeypatch.setenv("STORYKIN_DATABASE", "elsewhere")
    with Store.open(mongodb_uri, prepare=False) as opened:
        assert opened.db.name == "elsewhere"
    with Store.open(mongodb_uri, "named", prepare=False) as opened:
        assert opened.db.name == "named"


@pytest.mark.parametrize(("version", "words"), [(SCHEMA_VERSION + 1, "newer"), (SCHEMA_VERSION - 1, "older")])
def test_a_database_of_another_schema_is_refused_and_left_alone(store: Store, version: int, words: str) -> None:
    store.db["meta"].update_one({"_id": "schema"}, {"$set": {"schema_version": version}})
    with pytest.raises(StorageError, match=f"written by an? {words} storykin .schema {version}, this one reads"):
        Store.open(store.uri)
    row = store.db["meta"].find_one({"_id": "schema"})
    assert row is not None
    assert row["schema_version"] == version


def test_a_server_that_is_down_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYKIN_MONGODB_TIMEOUT", "0.5")
    with pytest.raises(StorageError) as caught:
        Store.open(f"mongodb://ann:{SECRET}@127.0.0.1:1/news")
    assert str(caught.value) == (
        "MongoDB at mongodb://ann:***@127.0.0.1:1/news does not answer (127.0.0.1:1: [Errno 111] Connection "
        "refused): start it, or check the host and port in MONGODB_URI"
    )
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_refused_password_is_one_sentence(mongodb_uri: str) -> None:
    password = mongodb_uri.partition("storykin:")[2].partition("@")[0]
    with pytest.raises(StorageError, match="refuses the user or the password: check both, and authSource") as caught:
        Store.open(mongodb_uri.replace(password, SECRET))
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_user_without_rights_is_told_which_to_ask_for(store: Store, owner: MongoClient[dict[str, Any]]) -> None:
    owner["admin"].command("createUser", "guest", pwd=SECRET, roles=[{"role": "read", "db": store.db.name}])
    host = store.uri.rpartition("@")[2].partition("/")[0]
    uri = f"mongodb://guest:{SECRET}@{host}/{store.db.name}?authSource=admin&directConnection=true"
    try:
        with Store.open(uri) as guest:  # reading is enough for what is prepared already
            assert guest.db["meta"].count_documents({}) == 1
        with pytest.raises(StorageError, match=r"may not do this .*: grant it readWrite"):
            insert_with(uri)
    finally:
        owner["admin"].command("dropUser", "guest")


def insert_with(uri: str) -> None:
    with Store.open(uri) as opened:
        opened.db["articles"].insert_one({})


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("http://db.example", "URI must begin with 'mongodb://'"),
        (f"mongodb://ann:{SECRET}/x@y@db.example/news", "must be escaped"),
        (f"mongodb://ann:{SECRET}%zz@db.example/news", "must be escaped"),
        (f"mongodb://ann:{SECRET}@db.example:port/news", "[Pp]ort"),
        (f"mongodb://ann:{SECRET}@db.example/ne ws", "Bad database name"),
        (f"ann:{SECRET}@db.example", "[Pp]ort"),
        ("mongodb://", "at least one hostname"),
    ],
)
def test_an_unreadable_uri_is_one_sentence_without_the_password(uri: str, words: str) -> None:
    with pytest.raises(StorageError, match=words) as caught:
        Store.open(uri)
    assert "MONGODB_URI" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan"])
def test_an_unusable_timeout_is_named(mongodb_uri: str, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("STORYKIN_MONGODB_TIMEOUT", value)
    with pytest.raises(StorageError, match=f"STORYKIN_MONGODB_TIMEOUT='{value}' is no number of seconds"):
        Store.open(mongodb_uri)


def test_a_driver_error_leaves_the_store_as_a_sentence(store: Store) -> None:
    with pytest.raises(StorageError, match=r"cannot do this .*unknown operator"), Store.open(store.uri) as opened:
        opened.db["articles"].find_one({"title": {"$nonsense": 1}})


def test_other_errors_leave_the_store_as_they_are(store: Store) -> None:
    with pytest.raises(KeyError), Store.open(store.uri):
        raise KeyError("x")


def test_repr_hides_the_password(store: Store) -> None:
    password = store.uri.partition("storykin:")[2].partition("@")[0]
    assert len(password) > 20
    assert password not in repr(store)
    assert "storykin:***@127.0.0.1" in repr(store)


@given(st.text(st.characters(codec="ascii", exclude_characters="\n"), min_size=1))
def test_masked_hides_every_password(password: str) -> None:
    uri = f"mongodb://ann:{password}@db.example/news"
    assert masked(uri) == "mongodb://ann:***@db.example/news"


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("mongodb://db.example/news", "mongodb://db.example/news"),
        ("mongodb://ann@db.example/news", "mongodb://ann@db.example/news"),
        ("mongodb://h1:27017,h2:27017/news?replicaSet=r", "mongodb://h1:27017,h2:27017/news?replicaSet=r"),
        ("mongodb+srv://ann:x@db.example/", "mongodb+srv://ann:***@db.example/"),
        ("mongodb://db/?tlsCertificateKeyFilePassword=x&a=b", "mongodb://db/?tlsCertificateKeyFilePassword=***&a=b"),
        (
            "mongodb://db/?authMechanismProperties=AWS_SESSION_TOKEN:x",
            "mongodb://db/?authMechanismProperties=***",
        ),
    ],
)
def test_masked(uri: str, expected: str) -> None:
    assert masked(uri) == expected


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (WriteError("no disk space left", 14031), "the disk of MongoDB at .* is full: free some space"),
        (BulkWriteError({"writeErrors": [{"code": 14031, "errmsg": "x"}]}), "is full: free some space"),
        (OperationFailure("not primary", 10107), "is no primary: name all members"),
        (OperationFailure("BSONObj size: 1 is invalid", 10334), "takes no document over 16 MB"),
    ],
)
def test_codes_that_a_private_server_does_not_send(problem: PyMongoError, words: str) -> None:
    sentence = explained(problem, f"mongodb://ann:{SECRET}@db.example/news")
    assert re.search(words, sentence)
    assert SECRET not in sentence


def test_the_data_folder_of_the_tests_is_private(private_data_folder: Path) -> None:
    from storage.embedded.client import data_folder

    assert data_folder() == private_data_folder
