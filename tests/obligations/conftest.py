"""A claim's events, told by hand: obligations only follow the journal."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests import make
from yilu.claims import events as claims
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations import queries
from yilu.obligations.models import Clock

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)  # a Wednesday, 12:00 in Shanghai
CLAIM = Ref("claim", 1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@tx.use_case
def happen(*facts, at=NOON, about=CLAIM, party=None):
    """One use case in which all this is recorded."""
    for fact in facts:
        journal.record(fact, about=about, actor=SYSTEM, at=at, party=party)


def reported(claim_type="MEDICAL", office_id=0, loss_date="2026-03-01", life=False):
    return claims.ClaimReported(
        policy_id=1, claim_type=claim_type, loss_date=loss_date, channel="APP", office_id=office_id,
        life_insurance=life,
    )  # fmt: skip


def registered(claim_type="MEDICAL", **given):
    defaults = {
        "lane": "YELLOW", "programme": "STANDARD", "band": "UNDER_10K", "straight_through": False
    }  # fmt: skip
    return claims.ClaimRegistered(claim_type=claim_type, **{**defaults, **given})


def approved(decision_id=1):
    return claims.ClaimApproved(
        decision_id=decision_id, benefit="100.00", decided_by="system:0", programme="STANDARD"
    )


def notice_arrived(notice_id=7):
    return claims.SupplementNoticeArrived(notice_id=notice_id, proof="回执 1")


def materials_arrived(notice_id=7, received_on=""):
    return claims.SupplementReceived(notice_id=notice_id, proof="上传 9", received_on=received_on)


def clock(code, about=CLAIM, **given):
    return Clock.objects.get(subject=str(about), code=code, **given)


def view(code, at=NOON, about=CLAIM):
    return next(v for v in queries.list_clocks(about, at) if v.code == code)


@pytest.fixture
def catalogue(db):
    make.standards_in_force(NOON)
