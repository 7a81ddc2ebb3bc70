"""Which store an address means."""

from pathlib import Path

import pytest

from shared.platform.effect_record import EffectRecord
from shared.platform.stores.choose import open_store
from shared.platform.stores.mongo import MongoStore
from shared.platform.stores.sqlite import SqliteStore


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////var/lib/redress", Path("/var/lib/redress/triage.sqlite")),
        ("sqlite:///data/store", Path("data/store/triage.sqlite")),
        ("sqlite:///.", Path("triage.sqlite")),
        ("sqlite:///~/redress", Path.home() / "redress" / "triage.sqlite"),
    ],
)
def test_sqlite_means_one_file_per_service_in_a_directory(url: str, path: Path) -> None:
    store = open_store(url, "triage", [EffectRecord])
    assert isinstance(store, SqliteStore)
    assert store.path == path
    assert list(store.keeps) == ["effects"]


@pytest.mark.parametrize("url", ["mongodb://a:27017,b:27017/other?replicaSet=rs", "mongodb+srv://cluster.example"])
def test_mongodb_means_one_database_per_service_whatever_the_address_names(url: str) -> None:
    store = open_store(url, "triage", [EffectRecord])
    assert isinstance(store, MongoStore)
    assert store.database == "redress_triage"
    assert not store.transactional


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("postgres://user:word@host/db", "begins with postgres:"),
        ("sqlite:///", "begins with sqlite:"),
        ("sqlite://data", "begins with sqlite:"),
        ("/var/lib/redress", "has no scheme"),
        ("", "has no scheme"),
    ],
)
def test_any_other_address_is_refused_with_the_remedy_and_without_its_password(url: str, what: str) -> None:
    with pytest.raises(ValueError, match="write sqlite:///DIR for one file per service") as raised:
        open_store(url, "triage", [EffectRecord])
    assert what in str(raised.value)
    assert "word" not in str(raised.value)
