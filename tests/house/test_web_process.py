"""The web process stays small: what is heavy is loaded by those who need it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "/", "/help", "/verify", "/pledges", "/evidence", "/c/sign-in", "/agent/sign-in",
    "/staff/sign-in", "/staff/", "/api/v1/openapi.json",
)  # fmt: skip


@pytest.mark.django_db
def test_no_door_loads_what_reads_papers_or_comments_or_sets_type():
    db = connection.settings_dict
    url = f"postgresql://{quote(db['USER'])}:{quote(db['PASSWORD'])}@{db['HOST']}:{db['PORT']}/{db['NAME']}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.house.web_process", *PAGES],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    assert {path: code for path, code in told["served"].items() if code >= 400} == {}
    assert told["heavy"] == [], "import it inside the function of the job that needs it"
