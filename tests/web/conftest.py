"""English pages are tested with the catalogue as it is written now."""

import pytest
from tools import catalogue


@pytest.fixture(scope="session", autouse=True)
def _compiled_catalogue():
    target = catalogue.CATALOGUE.with_suffix(".mo")
    if not target.exists() or target.stat().st_mtime < catalogue.CATALOGUE.stat().st_mtime:
        catalogue.compile_catalogue()
