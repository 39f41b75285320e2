"""compare keeps traits, finds them again, and never refuses; clear_signal writes what it was."""

from datetime import date, timedelta

import pytest

from tests import make
from yilu.journal.models import Event
from yilu.kernel import recall, tx
from yilu.kernel.errors import NotAllowed, NotFound
from yilu.kernel.refs import Ref
from yilu.risk import operations, queries, rules
from yilu.risk.models import Signal, Trace
from yilu.risk.queries import Measure, Trait, TraitKind

pytestmark = pytest.mark.django_db

compare_once = tx.use_case(operations.compare)


@pytest.fixture(autouse=True)
def _standards(db):
    recall.forget_all()
    make.standards_in_force()
    yield
    recall.forget_all()


def compare(n, *, party_id=1, at=make.NOON, traits=None, **given):
    told = {
        "about": Ref("claim", n), "party_id": party_id,
        "traits": [Trait(TraitKind.INSURED, str(party_id))] if traits is None else traits,
        "effective_on": date(2024, 1, 1), "loss_date": at.date(), "reported_at": at, "at": at,
    }  # fmt: skip
    return {r.signal: r for r in compare_once(**told | given)}


def test_an_ordinary_report_raises_nothing():
    assert compare(1) == {}
    assert Trace.objects.count() == 1
    assert not Signal.objects.exists()


def test_costs_one_statement_beside_what_it_raises(django_assert_num_queries):
    compare(1)
    traits = [Trait(kind, f"key-{kind}") for kind in TraitKind] + [
        Trait(TraitKind.INVOICE, f"bill-{n}") for n in range(40)
    ]
    with django_assert_num_queries(3):  # savepoint of the test, one statement, release
        compare(2, traits=traits)


def test_counts_reports_within_the_window():
    for n in range(2):
        assert compare(n, at=make.NOON - timedelta(days=80 - n)) == {}
    third = compare(3)
    assert third["FREQUENT_REPORTS"].measure == 3
    assert third["FREQUENT_REPORTS"].subjects == ("claim:1", "claim:0")
    assert compare(4, at=make.NOON + timedelta(days=60)) == {}  # two of them are long ago by then


def test_is_red_when_reports_come_week_after_week():
    for n in range(3):
        compare(n, at=make.NOON - timedelta(days=25 - 5 * n))
    assert compare(4)["FREQUENT_REPORTS_30"].severity == "HIGH"


def test_a_claim_soon_after_the_start_is_early():
    assert (
        compare(1, effective_on=make.NOON.date() - timedelta(days=89))["EARLY_CLAIM"].measure == 89
    )
    assert "EARLY_CLAIM" not in compare(2, effective_on=make.NOON.date() - timedelta(days=90))


def test_a_very_late_report_is_noted():
    assert (
        compare(1, loss_date=make.NOON.date() - timedelta(days=400))["LATE_REPORT"].measure == 400
    )


@pytest.mark.parametrize(
    ("kind", "signal", "severity"),
    [(TraitKind.ACCOUNT, "SHARED_ACCOUNT", "HIGH"), (TraitKind.INVOICE, "SHARED_INVOICE", "HIGH")],
)
def test_a_trait_of_another_person_raises_its_signal(kind, signal, severity):
    compare(1, party_id=1, traits=[Trait(kind, "same")])
    found = compare(2, party_id=2, traits=[Trait(kind, "same")])

    assert found[signal].severity == severity
    [view] = queries.claim_signals(Ref("claim", 2))
    assert view.related == (Ref("claim", 1),)
    assert view.table.startswith("claims.signals v")
    assert queries.claim_signals(Ref("claim", 1)) == ()


def test_a_phone_is_shared_by_a_family_but_not_by_three():
    for n in (1, 2):
        assert compare(n, party_id=n, traits=[Trait(TraitKind.PHONE, "p")]) == {}
    assert compare(3, party_id=3, traits=[Trait(TraitKind.PHONE, "p")])["SHARED_PHONE"].measure == 2


def test_ones_own_account_is_no_signal():
    compare(1, traits=[Trait(TraitKind.ACCOUNT, "mine")])
    assert compare(2, traits=[Trait(TraitKind.ACCOUNT, "mine")]) == {}


def test_a_number_the_caller_measured_is_held_against_the_table():
    assert compare(1, measured=[Measure("HIGH_DAILY_COST", 4999)]) == {}
    assert (
        compare(2, measured=[Measure("HIGH_DAILY_COST", 5000)])["HIGH_DAILY_COST"].severity
        == "MEDIUM"
    )


def test_asking_again_keeps_one_trace_and_the_newest_numbers():
    compare(1, party_id=1, traits=[Trait(TraitKind.ACCOUNT, "same")])
    for _ in range(2):
        compare(2, party_id=2, traits=[Trait(TraitKind.ACCOUNT, "same")])
    assert Trace.objects.filter(subject="claim:2").count() == 1
    assert Signal.objects.count() == 1


def test_a_signal_without_a_row_is_not_raised_and_stops_nothing(monkeypatch):
    from yilu.kernel.tables import TableError
    from yilu.standards import queries as standards

    decide = standards.decide

    def without(code, inputs, at):
        if inputs.get("signal") == "EARLY_CLAIM":
            raise TableError([])
        return decide(code, inputs, at)

    monkeypatch.setattr(standards, "decide", without)
    early = make.NOON.date() - timedelta(days=5)
    assert compare(1, effective_on=early, measured=[Measure("HIGH_DAILY_COST", 6000)]).keys() == {
        "HIGH_DAILY_COST"
    }


class TestClear:
    @pytest.fixture
    def signal(self):
        compare(1, effective_on=make.NOON.date() - timedelta(days=5))
        return Signal.objects.get()

    def clear(self, signal_id, who, finding="投保时已如实告知"):
        operations.clear_signal(
            signal_id=signal_id,
            holds=False,
            finding=finding,
            access=who[0],
            actor=who[1],
            at=make.NOON,
        )

    def test_writes_down_what_it_was_once(self, signal):
        who = make.colleague(make.office(), "ASSESSOR")
        with pytest.raises(operations.FindingMissing):
            self.clear(signal.pk, who, " ")
        self.clear(signal.pk, who)
        with pytest.raises(operations.SignalAlreadyCleared):
            self.clear(signal.pk, who)
        assert Event.objects.get(kind="risk.signal_cleared").subject == "claim:1"
        assert queries.list_open() == ()
        compare(
            1, effective_on=make.NOON.date() - timedelta(days=3)
        )  # asked again, it stays cleared
        assert queries.claim_signals(Ref("claim", 1))[0].finding == "投保时已如实告知"

    def test_refuses_those_without_the_right_and_what_is_not_there(self, signal):
        with pytest.raises(NotAllowed):
            self.clear(signal.pk, make.colleague(make.office(), "INTAKE"))
        with pytest.raises(NotFound):
            self.clear(0, make.colleague(make.office(), "ASSESSOR"))
        assert queries.list_open("EARLY_CLAIM")[0].id == signal.pk


def test_every_signal_has_a_sentence_and_a_row_in_the_table():
    from yilu.standards import queries as standards

    for signal in rules.SIGNAL_LABELS:
        assert rules.sentence(signal, 3)
        assert standards.decide("claims.signals", {"signal": signal}, make.NOON).outputs["severity"]
