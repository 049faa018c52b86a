from storage.mongo import Store


def test_a(store: Store) -> None:
    store.db.articles.insert_one({"_id": "a"})
    assert store.db.articles.count_documents({}) == 1


def test_b(store: Store) -> None:
    assert store.db.articles.count_documents({}) == 0
