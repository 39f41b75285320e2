"""
What a policy cannot give, asked at each door of the hall: the reason, the way on, and nothing written.

The customer's page keeps the form that failed, so that somebody can go on with it; that is all it writes.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from tests import make
from tests.make import NOON
from tests.renewals import desk
from tests.servicing.hall import Hall
from tests.unchanged import assert_refused, nothing_changes
from tests.underwriting.story import Story, customer, insurer
from tests.web.signing import signed_in
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import operations as people
from yilu.policies import operations as policies
from yilu.policies import queries as contracts
from yilu.policies.models import Policy

pytestmark = pytest.mark.django_db
KEPT = ("journal_event", "journal_reaction", "journeys_keptform")


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def hall():
    return Hall(
        product_code="whole-life", sum_insured=Decimal(200_000), premium=Decimal("8000.00"),
        effective_on=date(2022, 3, 1), pay_years=10, with_social_insurance=False,
    )  # fmt: skip


class Doors:
    """The three doors by which a customer's wish comes in."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.desk = signed_in(hall.actor)
        self.agent = signed_in(Ref("agent", hall.agent))

    def refuse(self, kind, form, status, *words, asker=None, agents=True):
        """Each door refuses so, and nothing changed behind it."""
        hall, asker = self.hall, asker or self.hall.lin
        theirs = signed_in(Ref("party", asker))
        query = f"?policy={hall.policy.id}"
        with nothing_changes(but=KEPT):
            assert_refused(theirs.post(f"/c/services/{kind}{query}", form), status, *words)
        with nothing_changes():
            told = self.desk.post(f"/staff/servicing/for/{asker}/{kind}{query}", form)
            assert_refused(told, status, *words)
            if agents:
                told = self.agent.post(f"/agent/customers/{asker}/services/{kind}{query}", form)
                assert_refused(told, status, *words)


@pytest.fixture
def doors(hall):
    return Doors(hall)


def to_account(hall, **form):
    return {"account_id": str(hall.account), **form}


def named(share, *more):
    form = {"how": "NAMED"}
    for n, each in enumerate((share, *more)):
        form |= {
            f"shares-{n}-name": f"陈新人{'甲乙丙'[n]}", f"shares-{n}-identity": make.resident_id(),
            f"shares-{n}-ordinal": "1", f"shares-{n}-share": each,
        }  # fmt: skip
    return form


def test_a_loan_above_the_share_of_the_value_says_how_much_there_is(hall, doors):
    most = contracts.values_on(hall.policy.id, NOON.date()).lendable
    cent_more = to_account(hall, amount=str(most + Decimal("0.01")))
    doors.refuse("policy_loan", cent_more, 422, f"{most:,.2f}", "减少借款金额")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        *[(each, "借多少（元）：金额太小") for each in ("-1000", "0")],
        *[(each, "请写成 1234.50 的样子") for each in ("1000.001", "1e9", "9" * 30, "NaN", "一千")],
    ],
)
def test_an_amount_that_is_none_is_asked_for_again(hall, doors, amount, words):
    doors.refuse("policy_loan", to_account(hall, amount=amount), 422, words)


def test_a_frozen_policy_is_not_surrendered(hall, doors):
    tx.use_case(policies.freeze)(
        policy_id=hall.policy.id, reason="LOST", about=Ref("servicing_request", 901),
        actor=hall.me, at=NOON,
    )  # fmt: skip
    doors.refuse("surrender", to_account(hall, reason="MONEY"), 409, "保单已冻结", "解除冻结")


@pytest.mark.parametrize("given", [("60",), ("60", "41"), ("100", "100")])
def test_shares_that_are_not_the_whole(hall, doors, given):
    doors.refuse("beneficiaries", named(*given), 422, "100%")


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        *[
            ((each,), "受益份额在 0 到 100% 之间")
            for each in ("-100", "0", "100.01", "1e2", "9" * 30)
        ],
        *[((each,), "份额") for each in ("NaN", "全部", "")],
        (("33.333", "66.667"), "受益份额最多两位小数"),
        (("100.001",), "受益份额在 0 到 100% 之间"),
    ],
)
def test_a_share_that_is_none(hall, doors, shares, words):
    doors.refuse("beneficiaries", named(*shares), 422, words)


def test_beneficiaries_are_the_holders_to_change(hall, doors):
    doors.refuse(
        "beneficiaries", {"how": "LEGAL"}, 409, "须由投保人申请", asker=hall.su, agents=False
    )


def test_beneficiaries_stay_after_the_insured_died(hall, doors):
    tx.use_case(people.note_death)(
        party_id=hall.su, died_on=NOON.date(), about=Ref("claim", 1), at=NOON
    )
    doors.refuse("beneficiaries", {"how": "LEGAL"}, 409, "已登记身故", "请由受益人申请身故保险金")


def test_no_change_is_dated_before_the_contract_or_after_today(hall, doors):
    for day in ("2021-12-31", "2026-03-05", "0001-01-01"):
        form = {"died_on": day, "relation": "CHILD", "others": "NONE"}
        doors.refuse("inheritance", form, 422, "日期不能晚于今天", asker=hall.su, agents=False)
    form = {"died_on": "2026-02-30", "relation": "CHILD", "others": "NONE"}
    doors.refuse("inheritance", form, 422, "日期不对", asker=hall.su, agents=False)


def test_nobody_dates_a_paper_back_beyond_ninety_days_or_ahead(hall, doors):
    path = f"/staff/servicing/for/{hall.lin}/surrender?policy={hall.policy.id}"
    form = to_account(hall, reason="MONEY", received_why="来信在收发室放了几天")
    days = ((date(2025, 12, 3), "不能早于九十天前"), (date(2026, 3, 5), "不能晚于今天"))
    with nothing_changes():
        for day, words in days:
            assert_refused(
                doors.desk.post(path, form | {"received_on": day.isoformat()}), 422, words
            )


def test_a_surrender_seen_before_a_loan_is_stale_after_it(hall, doors):
    """Both were begun while the value was there; the second finds it gone and says so."""
    lin = signed_in(hall.me)
    loan = hall.start("policy_loan", to_account(hall, amount="10000"))
    away = hall.start("surrender", to_account(hall, reason="MONEY"))
    seen = {each: hall.quote(each).digest for each in (loan, away)}
    for each in seen:
        hall.verified(each)
    answer = lin.post(f"/c/requests/{loan}/confirm", {"digest": seen[loan]})
    assert answer.status_code == 302
    # What it would pay now is worked out anew, to be shown: only that is written.
    with nothing_changes(but=(*KEPT, "servicing_request", "servicing_requestevent")):
        stale = lin.post(f"/c/requests/{away}/confirm", {"digest": seen[away]})
        assert_refused(stale, 409, "再确认")
    assert hall.row(away).state == "DRAFT"


class TestPremiums:
    def test_of_a_lapsed_policy_are_not_taken(self):
        office = make.office()
        lin = make.party(office)
        policies_ = [desk.policy(office, holder_id=lin) for _ in range(2)]
        desk.run(desk.days(-7))
        dues = [desk.due(each).pk for each in policies_]
        Policy.objects.filter(pk=policies_[0].pk).update(
            state="SUSPENDED", suspended_on=desk.days(-8)
        )
        with time_machine.travel(desk.noon(desk.days(-7)), tick=False):
            browser = signed_in(Ref("party", lin))
            with nothing_changes(but=KEPT):
                pressed = browser.post("/c/renewals", {"due": dues, "key": "once"})
                assert_refused(pressed, 409, "已经中止", "复效")


class TestAge:
    @pytest.mark.parametrize(
        ("product", "born", "words"),
        [
            ("critical-illness", date(1954, 3, 3), "投保年龄要在"),
            ("term-life", date(2016, 3, 3), "投保年龄要在"),
        ],
    )
    def test_outside_the_products_range_is_said_with_the_range(self, product, born, words):
        office = insurer()
        me = customer(office)
        browser = signed_in(Ref("party", me))
        story = Story(office, holder_id=me, product=product, at=NOON)
        kin = {
            "relation": "CHILD" if born.year > 2000 else "PARENT", "name": "家人",
            "phone": make.mobile(), "identity_number": make.resident_id(born, "MALE"),
        }  # fmt: skip
        page = f"/c/applications/{story.id}"
        assert browser.post(f"{page}/people", kin).status_code == 302
        plan = {
            "sum_insured": "100000", "pay_years": "20", "pay_mode": "YEARLY", "years": "0",
            "occupation": "OFFICE", "seen": "1.00",
        }  # fmt: skip
        with nothing_changes(but=KEPT):
            refused = browser.post(f"{page}/plan", plan)
            assert_refused(refused, 422, words, "年龄改不了：可以换一个交费年数")
