"""Which store an installation uses: one address, told apart by its scheme."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shared.contracts.kept import Kept
from shared.platform.store import Store
from shared.platform.stores.sqlite import SqliteStore

if TYPE_CHECKING:
    from shared.platform.stores.mongo_driver import DriverName

SQLITE = "sqlite:///"
REMEDY = "write sqlite:///DIR for one file per service in a directory, or mongodb://HOST:PORT for a MongoDB server"


def open_store(url: str, service: str, keeps: Sequence[type[Kept]], driver: "DriverName" = "motor") -> Store:
    """The store of a service, still to be opened.

    `sqlite:///DIR` is the file `DIR/<service>.sqlite` (four slashes in all begin an absolute directory), `mongodb://…` the
    database `redress_<service>`. Raises `ValueError` for anything else; the message does not repeat the address.
    """
    if url.startswith(SQLITE) and url != SQLITE:
        return SqliteStore(Path(url.removeprefix(SQLITE)).expanduser() / f"{service}.sqlite", keeps)
    if url.startswith(("mongodb://", "mongodb+srv://")):
        from shared.platform.stores.mongo import MongoStore  # noqa: PLC0415 - an embedded start need not load the driver

        return MongoStore(url, f"redress_{service}", keeps, driver)
    scheme = urlsplit(url).scheme
    raise ValueError(f"REDRESS_STORE {f'begins with {scheme}:' if scheme else 'has no scheme'}; {REMEDY}")
