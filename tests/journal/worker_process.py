"""A worker in a process of its own, for the tests: ``python -m tests.journal.worker_process``."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "yilu.site.settings"
django.setup()

from tests.journal import chores, happenings  # noqa: E402
from yilu.journal import jobs  # noqa: E402

assert chores.write_down, "declared"
assert happenings.welcome, "registered"
if sys.argv[1:] == ["jobs"]:
    jobs.run_jobs(once=True)
else:
    jobs.run_worker(with_jobs="with-jobs" in sys.argv)
