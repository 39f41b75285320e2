"""A worker in a process of its own, for the tests."""

from tests.journal import chores, happenings
from yilu.journal import jobs

assert chores.write_down, "declared"
assert happenings.welcome, "registered"


def work(what: str) -> None:
    """Be a worker until told to end; ``what``: nothing, ``jobs`` or ``with-jobs``."""
    if what == "jobs":
        jobs.run_jobs(once=True)
    else:
        jobs.run_worker(with_jobs=what == "with-jobs")
