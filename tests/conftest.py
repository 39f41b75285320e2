"""What holds for every test."""

import os

import pytest
from hypothesis import HealthCheck, settings

# No test depends on how quick the machine is; on CI Hypothesis sets the same itself, with fixed examples.
if not os.environ.get("CI"):
    settings.register_profile(
        "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("unhurried")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Standards and promises stand as shipped, but for those who load them or live without."""
    from tests import standing

    loads = {"standards", "obligations"} & set(item.path.parts)
    standing.see_to_it(bare=bool(loads) or item.get_closest_marker("without_standards") is not None)
