"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

# No test depends on how quick the machine is; on CI Hypothesis sets the same itself, with fixed examples.
if not os.environ.get("CI"):
    settings.register_profile(
        "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("unhurried")
