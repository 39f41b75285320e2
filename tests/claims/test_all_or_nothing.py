"""A crash anywhere in a use case leaves all of it or nothing."""

import pytest
from django.apps import apps

from tests import make
from yilu.claims import operations, queries
from yilu.claims.operations import Verdict
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref

pytestmark = pytest.mark.django_db


class Crash(BaseException):
    """The machine went down."""


def everything():
    """How many rows every table of ours holds, and how every claim stands."""
    from yilu.claims.models import Claim

    counts = {
        model._meta.db_table: model._default_manager.count()
        for model in apps.get_models()
        if model.__module__.startswith("yilu.") and model._meta.db_table != "standards_edition"
    }
    return counts, list(Claim.objects.order_by("pk").values_list("state", "version", "paid_amount"))


def crash_everywhere(monkeypatch, act):
    """
    Run ``act`` again and again, crashing at its first, second, … SQL statement until it gets
    through; after each crash the database is as it was before.
    """
    before = everything()
    real, crashes, n = tx._cursor, 0, 0
    while True:
        n += 1
        left = [n]

        def cursor(left=left):
            left[0] -= 1
            if left[0] == 0:
                raise Crash
            return real()

        monkeypatch.setattr(tx, "_cursor", cursor)
        try:
            result = act()
        except Crash:
            monkeypatch.setattr(tx, "_cursor", real)
            crashes += 1
            assert everything() == before, f"something was left after a crash at statement {n}"
            assert not tx.is_open()
            continue
        monkeypatch.setattr(tx, "_cursor", real)
        return result, crashes


def test_report(office, monkeypatch):
    lin = make.insured(office)
    told = make.report(make.medical_policy(office, holder_id=lin).number, lin)
    made, crashes = crash_everywhere(
        monkeypatch,
        lambda: operations.report_claim(report=told, actor=Ref("party", lin), at=make.NOON),
    )
    assert made.is_new
    assert crashes >= 6


def test_hand_in_to_payout(office, monkeypatch):
    made = make.reported_claim(office_id=office)
    bill = make.invoice()
    done, crashes = crash_everywhere(
        monkeypatch,
        lambda: operations.hand_in_invoices(
            claim_id=made.claim_id, provider_id=1, invoices=[bill], actor=SYSTEM, at=make.NOON
        ),
    )
    assert done.state == "PAYING"
    assert crashes >= 12


def test_decision(office, monkeypatch):
    claim = make.claim_in_review(office_id=office)
    access, chen = make.colleague(office, "ASSESSOR")
    digest = queries.desk(claim.claim_id, access, make.NOON).digest
    done, crashes = crash_everywhere(
        monkeypatch,
        lambda: operations.decide(
            claim_id=claim.claim_id, verdict=Verdict(digest=digest, kind="APPROVE"), access=access,
            actor=chen, at=make.NOON,
        ),
    )  # fmt: skip
    assert done.state == "PAYING"
    assert crashes >= 8


def test_one_tap(office, monkeypatch):
    lin = make.insured(office)
    make.account(lin)
    make.consent(lin, "MEDICAL_DATA_FETCH")
    offer_id = operations.offer_proactive_claim(
        policy_number=make.medical_policy(office, holder_id=lin).number, party_id=lin,
        claim_type="MEDICAL", provider_id=1, invoices=[make.invoice()], actor=Ref("provider", 1),
        at=make.NOON,
    )  # fmt: skip
    done, crashes = crash_everywhere(
        monkeypatch,
        lambda: operations.confirm_offer(offer_id=offer_id, actor=Ref("party", lin), at=make.NOON),
    )
    assert done.state == "PAYING"
    assert crashes >= 12


@pytest.mark.parametrize(
    "writer",
    ["journal.operations.recording._write_events", "messaging.operations.queueing._write_promises"],
)
def test_a_writer_that_fails_takes_the_claim_with_it(office, monkeypatch, writer):
    import importlib

    module, _, name = writer.rpartition(".")
    home = importlib.import_module(f"yilu.{module}")
    lin = make.insured(office)
    told = make.report(make.medical_policy(office, holder_id=lin).number, lin)
    before = everything()

    def fail(_items):
        raise LookupError("the last step fails")

    monkeypatch.setattr(home, name, fail)
    with pytest.raises(LookupError):
        operations.report_claim(report=told, actor=Ref("party", lin), at=make.NOON)
    assert everything() == before
