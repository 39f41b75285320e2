"""The evidence log as anybody reads it."""

import pytest

from tests import make
from yilu.journal import operations as journal_operations
from yilu.journal import queries as journal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log():
    journal.forget_tiles()
    make.office()
    journal_operations.append_leaves(at=make.NOON)
    return journal.find_checkpoint()


def test_checkpoint_is_the_newest_and_never_kept(client, log):
    answer = client.get("/evidence/checkpoint")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.content.decode() == log.note


def test_checkpoint_of_an_empty_log_is_not_there(client):
    assert client.get("/evidence/checkpoint").status_code == 404


def test_tile_and_entries_are_served_for_ever(client, log):
    width = f".p/{log.size}" if log.size < 256 else ""
    tile = client.get(f"/evidence/tile/0/000{width}")
    entries = client.get(f"/evidence/tile/entries/000{width}")

    assert len(tile.content) == 32 * log.size
    assert len(entries.content) == 34 * log.size
    for answer in (tile, entries):
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000", "tile/0/001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/999", "tile/0/0",
        "tile/0/x000/000", "tile/99/000", "tile/0/abc", "tile/entries/999", "tile/entries/-01",
        "tile/0/999/999/999", "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)  # fmt: skip
def test_what_is_not_there_is_404_whatever_it_looks_like(client, log, path):
    assert client.get(f"/evidence/{path}").status_code == 404


def test_about_says_what_it_is_with_and_without_entries(client, log):
    page = client.get("/evidence").content.decode()

    assert "存证日志" in page
    assert log.note.splitlines()[2] in page


def test_about_an_empty_log_says_so(client):
    assert "日志还是空的" in client.get("/evidence").content.decode()


def test_key_is_published(client):
    assert client.get("/evidence/key").content.decode().strip() == journal.verifier_key()


def test_nobody_writes(client):
    assert client.post("/evidence/checkpoint").status_code == 405
