"""Help before somebody breaks off: foretold from cases alike, helped once, nothing of who does not want it."""

from datetime import timedelta

import pytest
import time_machine

from tests import make
from tests.journeys.telling import read, tell
from tests.renewals import desk
from tests.web.signing import signed_in
from yilu.journeys import operations as journeys
from yilu.journeys import queries
from yilu.journeys.models import Forecast, ForecastStop
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.renewals.models import PremiumDue
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)
NOON = make.NOON
BEGUN = NOON - timedelta(days=20)


def started(number, party, office, at):
    about = Ref("servicing_request", number)
    tell(
        "servicing.request_started",
        about,
        at,
        party,
        request="policy_loan",
        door="CUSTOMER",
        office_id=office,
    )
    return about  # fmt: skip


def finished(about, at, party):
    tell("servicing.request_confirmed", about, at, party, request="policy_loan", door="CUSTOMER")


def messages():
    rows = tx.rows(
        "select template, recipient from messaging_message where template like 'journeys.%%'", []
    )
    return sorted(rows)


@pytest.fixture
def history(office):
    """Forty loans begun: fifteen left half-way; then three more, by a customer, one who stopped us, one who is quick."""
    for n in range(40):
        about = started(n + 1, 900 + n, office, BEGUN)
        if n % 8 > 2:
            finished(about, BEGUN + timedelta(hours=1), 900 + n)
    read(BEGUN + timedelta(hours=2))
    journeys.find_late(at=BEGUN + timedelta(days=2))
    parties = [make.party(office) for _ in range(3)]
    journeys.stop_foretelling(party_id=parties[1], actor=Ref("party", parties[1]), at=NOON)
    abouts = [started(101 + n, party, office, NOON) for n, party in enumerate(parties)]
    read(NOON)
    return parties, abouts


def test_who_may_stop_half_way_is_helped_in_time_and_only_once(history, office, monkeypatch):
    monkeypatch.setattr("yilu.journeys.rules.foretelling.LEFT_ALONE", 10**9)
    (likely, _unwilling, quick), (_first, _second, third) = history
    assert journeys.foretell_steps(NOON) == 3
    assert journeys.foretell_steps(NOON) == 0
    rows = {row.party_id: row for row in Forecast.objects.all()}
    assert set(rows) == {likely, quick}
    row = rows[likely]
    assert (row.code, row.step, row.alike, row.broke) == ("servicing.policy_loan", "fill", 40, 15)
    assert row.chance == pytest.approx(16 / 42, abs=0.01)
    # Half-way through its time help goes out, not before; who went on meanwhile is let be.
    assert row.help_at == NOON + timedelta(hours=12)
    assert journeys.help_ahead(NOON + timedelta(hours=11)) == 0
    finished(third, NOON + timedelta(hours=1), quick)
    read(NOON + timedelta(hours=2))
    for _twice in range(2):
        journeys.help_ahead(NOON + timedelta(hours=12))
    assert messages() == [("journeys.step_ahead", f"party:{likely}")]
    assert set(Forecast.objects.values_list("party_id", "help")) == {
        (likely, "TOLD"),
        (quick, "OVER"),
    }
    viewer = people.staff_access(make.staff(office, "SERVICE_MANAGER"))
    (shown,) = [r for r in queries.likely_breaks(viewer) if r.party_id == likely]
    assert (shown.chance, shown.help_label) == (38, "已发提醒和办法")
    journeys.find_late(at=NOON + timedelta(days=1, hours=1))
    assert journeys.settle_forecasts(NOON + timedelta(days=2)) == 2
    assert set(Forecast.objects.values_list("party_id", "outcome")) == {
        (likely, "BROKE"), (quick, "WENT_ON"),
    }  # fmt: skip
    told = queries.foretold(viewer, NOON - timedelta(days=1))
    assert (told.made, told.helped, told.stopped, told.effect) == (2, 1, 1, None)
    assessor = people.staff_access(make.staff(office, "ASSESSOR"))
    for refused in (queries.likely_breaks, lambda access: queries.learnt(access, NOON)):
        with pytest.raises(NotAllowed):
            refused(assessor)


def test_before_anything_is_foretold_the_page_says_what_it_learns_from(history, office):
    viewer = make.staff(office, "SERVICE_MANAGER")
    (seen,) = queries.learnt(people.staff_access(viewer), NOON)
    assert (seen.seen, seen.broke, seen.enough, seen.missing) == (40, 15, True, 0)
    with time_machine.travel(NOON, tick=False):
        page = signed_in(Ref("staff", viewer)).get("/staff/journeys/ahead").content.decode()
    assert "全公司已经见过的" in page
    assert f"{seen.name} · {seen.step}" in page


def test_whoever_stops_us_after_a_forecast_is_not_helped_either(history):
    likely = history[0][0]
    journeys.foretell_steps(NOON)
    for _twice in range(2):
        journeys.stop_foretelling(party_id=likely, actor=Ref("party", likely), at=NOON)
    assert not queries.is_foretold(likely)
    journeys.help_ahead(NOON + timedelta(days=1))
    assert Forecast.objects.get(party_id=likely).help == "STOPPED"
    assert f"party:{likely}" not in {to for _template, to in messages()}
    journeys.allow_foretelling(party_id=likely, actor=Ref("party", likely), at=NOON)
    assert queries.is_foretold(likely)
    assert ForecastStop.objects.count() == 1
    facts = tx.rows(
        "select kind from journal_event where kind like 'journeys.foretelling%%' order by id", []
    )
    assert [kind for (kind,) in facts] == ["journeys.foretelling_stopped"] * 2 + [
        "journeys.foretelling_allowed"
    ]


def test_a_premium_that_may_not_be_paid_is_foretold_and_known_a_week_after_its_day(
    office, monkeypatch
):
    monkeypatch.setattr("yilu.journeys.rules.foretelling.LEFT_ALONE", 10**9)
    policy = desk.policy(office, paid_to=day_of(NOON) + timedelta(days=50))
    today = day_of(NOON)
    told = {
        "policy": policy,
        "holder_id": policy.holder_id,
        "office_id": policy.office_id,
        "amount": 100,
    }
    PremiumDue.objects.bulk_create(
        PremiumDue(
            **told, due_on=day, grace_ends_on=day + timedelta(days=60), state="PAID",
            listed_on=day - timedelta(days=60), ended_on=day + timedelta(days=20 if n % 4 else 0),
        )
        for n, day in enumerate(today - timedelta(days=8 * n + 10) for n in range(40))
    )  # fmt: skip
    due = PremiumDue.objects.create(
        **told, due_on=today + timedelta(days=50), grace_ends_on=today + timedelta(days=110), listed_on=today,
    )  # fmt: skip
    for _twice in range(2):
        journeys.foretell_premiums(NOON)
    row = Forecast.objects.get()
    assert (row.subject, row.step) == (f"premium_due:{due.pk}", "due")
    assert 30 <= row.alike < 40
    assert 20 < row.broke < row.alike
    assert row.chance > 0.5
    assert "missed_before" in row.signs
    journeys.help_ahead(NOON + timedelta(days=29))
    assert messages() == []
    journeys.help_ahead(NOON + timedelta(days=30))
    assert messages() == [("journeys.premium_ahead", f"party:{policy.holder_id}")]
    assert Item.objects.get(queue_id="journeys.ahead").party_id == policy.holder_id
    PremiumDue.objects.filter(pk=due.pk).update(state="PAID", ended_on=today + timedelta(days=55))
    assert journeys.settle_forecasts(NOON + timedelta(days=59)) == 1
    row.refresh_from_db()
    assert (row.outcome, Item.objects.get(queue_id="journeys.ahead").closed_at is None) == (
        "WENT_ON",
        False,
    )
