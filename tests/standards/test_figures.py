"""Figures: within the law's bounds, by two people, from a day on, and each one really counts."""

import ast
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.journal.models import Event
from yilu.kernel import recall, tx
from yilu.kernel.days import day_of
from yilu.standards import figures, operations, queries, shipped
from yilu.standards.figures import Span, Unit
from yilu.standards.models import FigureVersion

from .conftest import ALICE, BOB, NOON

SHARE = "policies.loan_share"
TODAY = day_of(NOON)
DAY = timedelta(days=1)


def propose(value="70", code=SHARE, on=TODAY + DAY, revision=0, by=ALICE, **more):
    told = {"reason": "控制风险", "at": NOON, **more}
    return operations.draft_figure(
        code=code, value=value, effective_from=on, revision=revision, actor=by, **told
    )


def publish(value="70", code=SHARE, on=TODAY + DAY, at=NOON):
    revision = propose(value, code, on, at=at)
    return operations.publish_figure(code=code, revision=revision, actor=BOB, at=at)


class TestRules:
    @pytest.mark.parametrize(
        ("text", "unit", "value"),
        [
            ("80", Unit.PERCENT, "0.8"), ("12.5%", Unit.PERCENT, "0.125"),
            ("1,000.50", Unit.YUAN, "1000.50"), ("3", Unit.DAYS, "3"), (" 4 ", Unit.TIMES, "4"),
        ],
    )  # fmt: skip
    def test_reads_what_is_typed_in_its_unit(self, text, unit, value):
        assert figures.read(text, unit) == Decimal(value)

    @pytest.mark.parametrize(
        ("text", "unit"),
        [
            ("", Unit.DAYS), ("三", Unit.DAYS), ("1.5", Unit.DAYS), ("1.001", Unit.YUAN),
            ("NaN", Unit.YUAN), ("Infinity", Unit.YUAN), ("1e12", Unit.YUAN), ("80元", Unit.YUAN),
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_number_of_the_unit(self, text, unit):
        with pytest.raises(figures.NotAFigure):
            figures.read(text, unit)

    @given(st.sampled_from(Unit), st.integers(0, 10**8))
    def test_what_is_shown_reads_back(self, unit, number):
        value = figures.read(str(number), unit)
        assert figures.read(figures.typed(value, unit), unit) == value

    @given(st.lists(st.integers(1, 400), unique=True, max_size=5), st.integers(0, 500))
    def test_every_day_has_the_one_value_that_began_last(self, days, asked):
        starts = [0, *sorted(days)]
        ends = [*starts[1:], None]
        spans = [
            Span(TODAY + a * DAY, None if b is None else TODAY + b * DAY, Decimal(a))
            for a, b in zip(starts, ends, strict=True)
        ]
        assert figures.value_on(spans, TODAY + asked * DAY) == max(s for s in starts if s <= asked)
        assert figures.value_on(spans, TODAY - DAY) == 0


class TestCatalogue:
    def test_every_figure_is_read_by_the_program(self):
        source = Path(shipped.__file__).parents[1]
        said = set()
        for path in source.rglob("*.py"):
            if "migrations" in path.parts or path.is_relative_to(source / "web"):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    said.add(node.value)
        unread = {code for code in shipped.figures() if code not in said}
        assert not unread

    @pytest.mark.parametrize("each", shipped.figures().values(), ids=lambda f: f.code)
    def test_every_figure_is_within_its_bounds_and_whose_they_are_is_said(self, each):
        assert each.least < each.most
        assert each.least <= each.value <= each.most
        assert bool(each.bound) == bool(each.citation)
        assert each.bound in ("", "MOST", "LEAST")
        assert each.words

    def test_what_must_stay_in_order_cannot_cross(self):
        def bounds(code):
            return shipped.figures()[code]

        for lower, higher in (
            ("complaints.first_tier_limit", "complaints.second_tier_limit"),
            ("complaints.second_tier_limit", "complaints.third_tier_limit"),
            ("direct_billing.machine_guarantee", "direct_billing.four_eyes_above"),
            ("contact.follow_up_letter_days", "contact.follow_up_visit_days"),
            ("contact.calls_from_hour", "contact.calls_to_hour"),
        ):
            assert bounds(lower).most <= bounds(higher).least, (lower, higher)
        hours = bounds("contact.manned_to_hour").least - bounds("contact.manned_from_hour").most
        assert hours >= 8  # 服务规定 5


@pytest.mark.django_db
class TestInForce:
    def test_the_shipped_value_counts_without_any_rows(self):
        assert queries.figure(SHARE, TODAY) == Decimal("0.8")
        assert queries.whole_figure("policies.loan_months", NOON) == 6
        with pytest.raises(queries.UnknownFigure):
            queries.figure("policies.nothing", TODAY)

    def test_from_its_day_on_and_never_before(self, catalogue):
        assert publish("70", on=TODAY + 5 * DAY) == TODAY + 5 * DAY
        assert queries.figure(SHARE, TODAY + 4 * DAY) == Decimal("0.8")
        assert queries.figure(SHARE, TODAY + 5 * DAY) == Decimal("0.7")
        assert queries.figure(SHARE, date(1999, 1, 1)) == Decimal("0.8")

        publish("60", on=TODAY + 8 * DAY)
        assert [queries.figure(SHARE, TODAY + n * DAY) for n in (4, 7, 8, 900)] == [
            Decimal("0.8"), Decimal("0.7"), Decimal("0.6"), Decimal("0.6"),
        ]  # fmt: skip
        assert [span.value for span in queries.figure_spans(SHARE)] == [
            Decimal("0.8"), Decimal("0.7"), Decimal("0.6"),
        ]  # fmt: skip

    def test_a_moment_belongs_to_its_day_in_china(self, catalogue):
        publish()
        midnight = NOON.replace(hour=16)  # the next day's first moment in China
        assert queries.figure(SHARE, midnight - timedelta(seconds=1)) == Decimal("0.8")
        assert queries.figure(SHARE, midnight) == Decimal("0.7")

    def test_what_was_to_come_later_is_replaced_and_never_counts(self, catalogue):
        publish("70", on=TODAY + 9 * DAY)
        publish("60", on=TODAY + 3 * DAY)
        assert queries.figure(SHARE, TODAY + 20 * DAY) == Decimal("0.6")
        shown = {v.number: v.standing for v in queries.get_figure(SHARE, NOON).versions}
        assert shown == {1: "NOW", 2: "NEVER", 3: "COMING"}
        # To call a coming value off, what counts now is proposed again for its day.
        publish("80", on=TODAY + 3 * DAY)
        assert queries.figure(SHARE, TODAY + 20 * DAY) == Decimal("0.8")

    def test_a_proposal_whose_day_has_come_counts_from_tomorrow(self, catalogue):
        revision = propose(on=TODAY + DAY)
        later = NOON + 3 * DAY
        starts = operations.publish_figure(code=SHARE, revision=revision, actor=BOB, at=later)
        assert starts == day_of(later) + DAY
        assert queries.figure(SHARE, later) == Decimal("0.8")

    def test_costs_no_statement_once_it_is_remembered(self, catalogue, django_assert_num_queries):
        queries.figure(SHARE, TODAY)
        with django_assert_num_queries(0):
            for code in shipped.figures():
                queries.figure(code, TODAY)

    def test_another_process_sees_it_within_seconds(self, catalogue, monkeypatch):
        assert queries.figure(SHARE, TODAY + DAY) == Decimal("0.8")
        # Another process published: nothing here was told.
        monkeypatch.setattr(recall, "forget", lambda name: None)
        publish()
        assert queries.figure(SHARE, TODAY + DAY) == Decimal("0.8")
        monkeypatch.setattr(recall, "CHECK_SECONDS", 0)
        assert queries.figure(SHARE, TODAY + DAY) == Decimal("0.7")

    def test_a_changed_shipped_value_counts_from_tomorrow_unless_it_was_set(
        self, catalogue, monkeypatch
    ):
        publish()
        given = {
            code: figures.Definition(
                **{name: getattr(each, name) for name in each.__slots__} | {"value": each.least}
            )
            for code, each in shipped.figures().items()
        }
        monkeypatch.setattr(shipped, "figures", lambda: given)
        operations.load_catalogue(NOON)
        recall.forget_all()

        other = "policies.loan_smallest"
        assert queries.figure(other, TODAY) == 100
        assert queries.figure(other, TODAY + DAY) == given[other].least
        assert queries.figure(SHARE, TODAY + DAY) == Decimal("0.7")


@pytest.mark.django_db
class TestEdit:
    def test_a_second_person_publishes_and_both_are_kept(self, catalogue):
        revision = propose()
        with pytest.raises(operations.SameHands):
            operations.publish_figure(code=SHARE, revision=revision, actor=ALICE, at=NOON)
        assert queries.figure(SHARE, TODAY + DAY) == Decimal("0.8")
        operations.publish_figure(code=SHARE, revision=revision, actor=BOB, at=NOON)

        row = FigureVersion.objects.get(code=SHARE, number=2)
        assert (row.author, row.publisher, row.note) == (str(ALICE), str(BOB), "控制风险")
        fact = Event.objects.get(kind="standards.figure_published").facts
        assert (fact["value"], fact["before"], fact["author"]) == ("70", "80", str(ALICE))
        assert fact["effective_from"] == (TODAY + DAY).isoformat()

    @pytest.mark.parametrize(
        ("code", "value", "said"),
        [
            (SHARE, "81", "不能高于 80%（原保监会保监发〔2016〕76号"),
            ("policies.loan_months", "7", "不能高于 6"),
            ("servicing.told_when_collected", "1000.01", "人身保险业务基本服务规定第十七条"),
            ("contact.manned_to_hour", "16", "不能低于 17（人身保险业务基本服务规定第五条"),
            ("underwriting.income_share", "20.01", "金融机构产品适当性管理办法"),
            ("renewals.failed_often", "0", "不能低于 1"),
        ],
    )
    def test_refuses_a_value_beyond_the_bound_and_names_whose_it_is(
        self, catalogue, code, value, said
    ):
        with pytest.raises(figures.OutOfBounds) as refused:
            propose(value, code)
        assert said in str(refused.value.message)
        assert not FigureVersion.objects.filter(code=code, state="DRAFT").exists()

    @pytest.mark.parametrize(
        ("more", "refusal"),
        [
            ({"reason": "  "}, operations.NoReason),
            ({"reason": "长" * 201}, operations.NoReason),
            ({"on": TODAY}, operations.DayPassed),
            ({"on": TODAY - DAY}, operations.DayPassed),
            ({"value": "80"}, operations.NothingNew),
            ({"value": "很多"}, figures.NotAFigure),
            ({"code": "policies.nothing"}, operations.UnknownFigure),
            ({"revision": 3}, operations.StaleDraft),
        ],
    )
    def test_refuses_and_keeps_nothing(self, catalogue, more, refusal):
        with pytest.raises(refusal):
            propose(**more)
        assert not FigureVersion.objects.filter(state="DRAFT").exists()
        assert not Event.objects.filter(kind="standards.figure_drafted").exists()

    def test_who_edits_last_is_the_author_and_nobody_saves_over_a_colleague(self, catalogue):
        assert propose("70") == 1
        with pytest.raises(operations.StaleDraft):
            propose("60", by=BOB)
        assert propose("60", by=BOB, revision=1) == 2
        with pytest.raises(operations.StaleDraft):
            operations.publish_figure(code=SHARE, revision=1, actor=ALICE, at=NOON)
        with pytest.raises(operations.SameHands):
            operations.publish_figure(code=SHARE, revision=2, actor=BOB, at=NOON)
        operations.publish_figure(code=SHARE, revision=2, actor=ALICE, at=NOON)
        assert queries.figure(SHARE, TODAY + DAY) == Decimal("0.6")

    def test_a_proposal_can_be_given_up(self, catalogue):
        revision = propose()
        told = {"code": SHARE, "actor": BOB, "at": NOON}
        with pytest.raises(operations.StaleDraft):
            operations.discard_figure_draft(**told, revision=9)
        operations.discard_figure_draft(**told, revision=revision)
        for gone in (operations.discard_figure_draft, operations.publish_figure):
            with pytest.raises(operations.NoFigureDraft):
                gone(**told, revision=revision)
        assert queries.get_figure(SHARE, NOON).draft is None

    def test_earlier_rows_are_kept_by_the_database(self, catalogue):
        publish()
        [(before,)] = tx.rows(
            "select effective_to from standards_figureversionevent"
            " where code = %s and state = 'PUBLISHED' and number = 1",
            [SHARE],
        )
        assert before is None

    def test_works_where_the_catalogue_was_never_loaded(self, db):
        publish()
        assert queries.figure(SHARE, TODAY) == Decimal("0.8")
        assert queries.figure(SHARE, TODAY + DAY) == Decimal("0.7")
