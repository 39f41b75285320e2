"""The evidence log from inside: its head, and a verification that the worker runs."""

from datetime import timedelta

import pytest

from tests import make
from yilu.journal import jobs, operations, queries
from yilu.journal.models import Event
from yilu.kernel import tx

EVIDENCE = "/staff/evidence"


def test_only_operators_come_in(desk, kept_out, chen):
    for url in (EVIDENCE, f"{EVIDENCE}/progress"):
        kept_out(url)
        assert chen.get(url).status_code == 403
        assert desk.operator.client.get(url).status_code == 200
    kept_out(f"{EVIDENCE}/verify", method="post")
    assert chen.post(f"{EVIDENCE}/verify").status_code == 403
    assert queries.list_verifications() == []


def test_one_verification_at_a_time(desk):
    for _twice in range(2):
        assert desk.operator.client.post(f"{EVIDENCE}/verify").status_code == 302

    assert len(queries.list_verifications()) == 1
    page = desk.operator.client.get(EVIDENCE).content.decode()
    assert "等待后台进程开始" in page
    assert "/staff/evidence/progress" in page


def test_the_worker_verifies_and_says_what_it_found(desk):
    operations.append_leaves(make.NOON)
    operations.request_verification(actor=desk.operator.ref, at=make.NOON)
    run = queries.list_verifications()[0]

    jobs.verify(verification_id=run.id)

    run = queries.list_verifications()[0]
    assert run.finished_at is not None
    assert run.problem == ""
    page = desk.operator.client.get(f"{EVIDENCE}/progress").content.decode()
    assert "全部一致" in page
    assert "云运维" in page
    assert "hx-get" not in page
    told = Event.objects.get(kind="journal.evidence_verified")
    assert told.actor == str(desk.operator.ref)


def test_a_run_finishes_once(desk):
    run = operations.request_verification(actor=desk.operator.ref, at=make.NOON)
    verdict = queries.Verdict(7, 1, queries.Problem("ALTERED", "事件 3 与叶子不符", 3, 2))

    for _twice in range(2):
        operations.finish_verification(verification_id=run, verdict=verdict, at=make.NOON)

    assert Event.objects.filter(kind="journal.evidence_verified").count() == 1
    page = desk.operator.client.get(EVIDENCE).content.decode()
    assert "事件 3 与叶子不符" in page


def test_a_run_nobody_finished_is_given_up_after_an_hour(desk):
    operations.request_verification(actor=desk.operator.ref, at=make.NOON - timedelta(hours=2))
    with pytest.raises(operations.VerificationUnderWay):
        operations.request_verification(actor=desk.operator.ref, at=make.NOON - timedelta(hours=2))

    assert operations.request_verification(actor=desk.operator.ref, at=make.NOON)


def test_a_verification_runs_as_a_job(desk):
    run = operations.request_verification(actor=desk.operator.ref, at=make.NOON)

    found = tx.rows("select args from procrastinate_jobs where task_name = 'journal.verify'")
    assert str(run) in str(found[-1][0])
