"""What every test of this room starts from."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from yilu.kernel.refs import Ref

NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
CLAIM = Ref("claim", 71)
OTHER_CLAIM = Ref("claim", 72)
ANNA = 501
BEN = 502
CUSTOMER = Ref("party", ANNA)
CLERK = Ref("staff", 9)


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, tmp_path):
    settings.FILES = tmp_path / "files"


@pytest.fixture
def jobs_deferred(db):
    """The background jobs waiting to be done, with their arguments."""
    from django.db import connection

    def listed() -> list[tuple[str, dict[str, int]]]:
        with connection.cursor() as cursor:
            cursor.execute("select task_name, args::text from procrastinate_jobs order by id")
            return [(name, json.loads(arguments)) for name, arguments in cursor.fetchall()]

    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")
    return listed


READER_OFF = True


@pytest.fixture(autouse=True)
def _no_models(request, monkeypatch):
    """Only tests marked ``ocr`` load the recognition models; a stray one fails at once."""
    if request.node.get_closest_marker("ocr"):
        return
    from yilu.documents.recognition import engine

    def refuse():
        raise AssertionError("this test would load the recognition models: mark it ocr")

    monkeypatch.setattr(engine, "get_engine", refuse)
