"""Schemes by two people, months closed once, corrections in the open, stars named by people."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from demo.scorecards_cards import ASSESSORS, OTHERS, SEATS, _row

from tests.make import NOON
from tests.scorecards.telling import acting, read, tell
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.scorecards import operations, queries, refusals, uses
from yilu.scorecards.book import the_book
from yilu.scorecards.models import Card, Scheme, Star
from yilu.scorecards.rules import schemes

pytestmark = pytest.mark.django_db(transaction=True)
JANUARY = datetime(2026, 1, 10, 4, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 11, 4, tzinfo=UTC)
ROWS = (
    {"kpi": "clean_conversations", "weight": "40", "target": "95", "zero": "80", "full": "100", "cap": "100"},
    {"kpi": "exams_passed", "weight": "60", "target": "80", "zero": "0", "full": "100", "cap": ""},
)  # fmt: skip


def written(team, at=JANUARY, **given):
    told = {
        "subject": "ROLE", "target": "CALL_AGENT", "title": "坐席考核", "rows": ROWS,
        "volume": "answer_rate", "revision": 0,
    }  # fmt: skip
    return operations.write_scheme(**told | given, **acting(team["first"], at))


def in_force(team):
    for subject, target in (("ROLE", "CALL_AGENT"), ("BRANCH", "")):
        operations.approve_scheme(
            scheme_id=written(team, subject=subject, target=target), revision=1,
            since=date(2026, 2, 1), **acting(team["second"], JANUARY),
        )  # fmt: skip


def worked(who, clean, dirty, passed, calls, at=FEBRUARY, first=100):
    staff = who[1].id
    for n in range(clean + dirty):
        tell(
            "quality.conversation_read", Ref("conversation", first + n), at, staff_id=staff,
            forbidden=int(n >= clean), misrecorded=False,
        )  # fmt: skip
    for n, good in enumerate(passed):
        tell("quality.exam_ended", Ref("sheet", first + n), at, staff_id=staff, passed=good)
    for n in range(calls):
        about = Ref("conversation", first + 50 + n)
        office = who[0].office_id
        tell("contact.conversation_opened", about, at, channel="PHONE", direction="IN", office_id=office, follows=None)  # fmt: skip
        tell("contact.queued", about, at, channel="PHONE")
        tell("contact.connected", about, at + timedelta(seconds=5), staff_id=staff, waited=5)
    read(at)


def test_every_use_names_a_figure_there_is_and_a_person_only_where_one_is_known():
    known = {each.code for each in queries.list_kpis()}
    named = {
        *uses.CORE,
        *uses.BY_PERSON,
        *uses.VOLUMES,
        *uses.RATING.values(),
        *uses.INDEX.values(),
    }
    named |= {code for one in uses.FIVE for code in (one.kpi, one.beside)}
    named |= {code for codes in uses.SUGGESTED.values() for code in codes}
    assert named <= known
    for kpi in the_book().kpis.values():
        who = any(t.person for t in (*kpi.count, *kpi.enter, *kpi.reach))
        assert who or kpi.code not in uses.BY_PERSON, kpi.code


def test_the_coverage_list_names_roles_without_a_scheme_and_what_they_can_be_judged_by(team):
    in_force(team)
    worked(team["anna"], 3, 1, [True], 0)
    seen = queries.role_coverage(team["first"][0], date(2026, 2, 20))
    assert [row.role for row in seen] == ["TEAM_LEAD", "CALL_AGENT", "SERVICE_MANAGER"]
    lead, seats, manager = seen
    assert (lead.scheme_id, lead.held, lead.without, lead.unmeasured) == (None, 2, 2, True)
    assert (seats.held, seats.without, seats.by_others) == (2, 0, 0)
    assert seats.measured == {"NPS": (), "TIME": (), "ERROR": ("clean_conversations",)}
    assert not manager.serves
    own = queries.role_coverage(team["lead"][0], date(2026, 2, 20))
    assert {row.role: row.held for row in own} == {
        "TEAM_LEAD": 1,
        "CALL_AGENT": 2,
        "SERVICE_MANAGER": 1,
    }
    before = queries.role_coverage(team["first"][0], date(2026, 1, 20))
    assert all(row.scheme_id is None and row.unmeasured for row in before)


def test_every_role_that_serves_customers_has_a_scheme_in_the_demo(db):
    given = {"ASSESSOR": ASSESSORS, "CALL_AGENT": SEATS}
    given |= {role: [_row(*part) for part in parts] for role, (_t, _v, parts) in OTHERS.items()}
    assert set(given) == set(people.ROLE_LABELS) - uses.BEHIND
    for rows in given.values():
        schemes.check(schemes.read(rows), queries.known(), "ROLE")
    assert {volume for _t, volume, _p in OTHERS.values()} <= set(uses.VOLUMES)


def test_a_scheme_is_written_by_one_and_approved_by_another(team):
    first, second = acting(team["first"], JANUARY), acting(team["second"], JANUARY)
    light = [ROWS[0] | {"weight": "29"}, ROWS[1] | {"weight": "71"}]
    with pytest.raises(refusals.BadScheme) as refused:
        written(team, rows=light)
    assert "29%" in refused.value.hint
    for wrong in (
        {"title": " "}, {"target": "MOON"}, {"subject": "PERSON", "target": ""}, {"volume": "nps"},
        {"subject": "BRANCH", "target": "987654"},
    ):  # fmt: skip
        with pytest.raises(refusals.BadScheme):
            written(team, **wrong)
    with pytest.raises(refusals.WholeCompany):
        operations.write_scheme(
            subject="ROLE", target="CALL_AGENT", title="坐席考核", rows=ROWS, volume="", revision=0,
            **acting(team["branch_manager"], JANUARY),
        )  # fmt: skip
    assert not Scheme.objects.exists()
    made = written(team)
    with pytest.raises(refusals.SchemeChanged):
        written(team)
    asked = {"scheme_id": made, "revision": 1, "since": date(2026, 2, 1)}
    with pytest.raises(refusals.OwnScheme):
        operations.approve_scheme(**asked, **first)
    for wrong in ({"since": date(2026, 2, 2)}, {"since": date(2026, 1, 1)}):
        with pytest.raises(refusals.BadScheme):
            operations.approve_scheme(**asked | wrong, **second)
    with pytest.raises(NotAllowed):
        operations.approve_scheme(**asked, **acting(team["anna"], JANUARY))
    with pytest.raises(refusals.SchemeNotFound):
        operations.approve_scheme(**asked | {"scheme_id": 10**9}, **second)
    operations.approve_scheme(**asked, **second)
    for again in (
        lambda: operations.approve_scheme(**asked, **second),
        lambda: operations.discard_scheme(scheme_id=made, **second),
    ):
        with pytest.raises(refusals.SchemeChanged):
            again()
    draft = written(team, title="坐席考核新版")
    operations.discard_scheme(scheme_id=draft, **first)
    (held,) = queries.list_schemes()
    assert (held.number, held.core, held.state) == (1, 40, "APPROVED")


def test_a_month_is_closed_once_and_corrected_in_the_open(team):
    anna, bo = team["anna"], team["bo"]
    in_force(team)
    worked(anna, 19, 1, [True, True], 3)
    worked(bo, 8, 2, [True, False], 1, first=300)
    manager = acting(team["first"])
    month = queries.read_period("2026-02")
    live = queries.card_of_staff(anna[1].id, month, anna[0])
    assert live.closed_at is None
    assert [(p.value, p.points, p.lost) for p in live.parts] == [(95, 30, 10), (100, 60, 0)]
    assert (live.total, live.volume, live.lost_most.code) == (90, 3, "clean_conversations")
    for period, refusal in (
        ("2026-03", refusals.NotOver), ("2025-12", refusals.NoScheme), ("2026W05", refusals.BadPeriod),
    ):  # fmt: skip
        with pytest.raises(refusal):
            operations.close_period(period=period, **manager)
    with pytest.raises(refusals.WholeCompany):
        operations.close_period(period="2026-02", **acting(team["branch_manager"]))
    assert not Card.objects.exists()
    assert [p.code for p in queries.to_close(NOON)] == ["2026-02"]
    kept = operations.close_period(period="2026-02", **manager)
    assert kept == 4  # two people, their office, the head office above it
    with pytest.raises(refusals.AlreadyClosed):
        operations.close_period(period="2026-02", **manager)
    worked(bo, 10, 0, [], 0, first=500)  # what is heard later of the month moves nothing by itself
    card = queries.card_of_staff(bo[1].id, month, bo[0])
    assert (card.total, card.corrected) == (30, False)
    for person in (team["lead"], team["first"]):
        assert queries.card_of_staff(bo[1].id, month, person[0]).id == card.id
    for person in (anna, team["stranger"]):
        with pytest.raises(refusals.CardNotFound):
            queries.card_of_staff(bo[1].id, month, person[0])
        with pytest.raises(refusals.CardNotFound):
            queries.card_of_office(team["here"], month, person[0])
    assert queries.list_cards(anna[0], month) == ([], [])
    offices, staff = queries.list_cards(team["lead"][0], month)
    assert [c.office_id for c in offices] == [team["here"]]
    assert [c.staff_id for c in staff] == [anna[1].id, bo[1].id]
    _corrected(team, card, month)


def _corrected(team, card, month):
    manager = acting(team["first"])
    with pytest.raises(refusals.NeedsReason):
        operations.correct_card(card_id=card.id, reason="错", **manager)
    made = operations.correct_card(card_id=card.id, reason="补录的会话未计入", **manager)
    with pytest.raises(refusals.NothingChanged):
        operations.correct_card(card_id=made, reason="再算一遍看看", **manager)
    with pytest.raises(refusals.CardNotFound):
        operations.correct_card(card_id=card.id, reason="更正已经更正的", **manager)
    now = queries.card_of_staff(card.staff_id, month, team["lead"][0])
    assert now.corrected
    assert [(h.number, h.total, h.reason) for h in now.history] == [
        (0, 30, ""), (1, Decimal("50"), "补录的会话未计入"),
    ]  # fmt: skip


def test_stars_are_named_by_people_and_never_by_themselves(team):
    in_force(team)
    worked(team["anna"], 20, 0, [True], 12)
    worked(team["bo"], 10, 0, [True], 2, first=300)
    manager = acting(team["first"])
    begun = {"office_id": team["here"], "least_volume": 10}
    with pytest.raises(refusals.NotOver):
        operations.open_stars(period="2026-03", **begun, **manager)
    with pytest.raises(refusals.BadPeriod):
        operations.open_stars(period="2026Q1", **begun, **manager)
    with pytest.raises(refusals.BadStar):
        operations.open_stars(period="2026-02", **begun | {"least_volume": 0}, **manager)
    with pytest.raises(NotAllowed):
        operations.open_stars(period="2026-02", **begun, **acting(team["lead"]))
    board = operations.open_stars(period="2026-02", **begun, **manager)
    assert operations.open_stars(period="2026-02", **begun, **manager) == board
    _view, candidates = queries.get_board(board, team["first"][0])
    assert [(c.standing.staff_id, c.place) for c in candidates] == [
        (team["anna"][1].id, 1), (team["bo"][1].id, None),
    ]  # fmt: skip
    assert candidates[1].why_not == ("办理 2 件，少于 10 件",)
    anna = {
        "board_id": board,
        "staff_id": team["anna"][1].id,
        "reason": "耐心，同一件事没有让客户再来",
    }
    with pytest.raises(refusals.BadStar):
        operations.publish_stars(board_id=board, **manager)
    with pytest.raises(refusals.OneselfNamed):
        operations.name_star(**anna | {"staff_id": team["first"][1].id}, **manager)
    with pytest.raises(refusals.NotACandidate) as refused:
        operations.name_star(**anna | {"staff_id": team["bo"][1].id}, **manager)
    assert "少于 10 件" in refused.value.hint
    with pytest.raises(refusals.NeedsReason):
        operations.name_star(**anna | {"reason": "好"}, **manager)
    with pytest.raises(NotAllowed):
        operations.name_star(**anna, **acting(team["lead"]))
    operations.name_star(**anna, **manager)
    operations.withdraw_star(board_id=board, staff_id=anna["staff_id"], **manager)
    with pytest.raises(refusals.BadStar):
        operations.withdraw_star(board_id=board, staff_id=anna["staff_id"], **manager)
    operations.name_star(**anna, **manager)
    assert queries.published_boards() == []
    assert operations.publish_stars(board_id=board, **manager) == 1
    with pytest.raises(refusals.BoardPublished):
        operations.name_star(**anna, **manager)
    with pytest.raises(refusals.StarBoardNotFound):
        operations.publish_stars(board_id=10**9, **manager)
    (shown,) = queries.published_boards()
    assert [s.staff_id for s in shown.stars] == [anna["staff_id"]]
    assert queries.times_a_star(anna["staff_id"]) == 1
    assert Star.objects.get().named_by == str(team["first"][1])


def test_whoever_has_a_scheme_of_their_own_is_judged_by_it(team):
    in_force(team)
    anna = team["anna"]
    own = written(team, subject="PERSON", target=str(anna[1].id), title="安娜试用期")
    operations.approve_scheme(
        scheme_id=own, revision=1, since=date(2026, 2, 1), **acting(team["second"], JANUARY)
    )
    month = queries.read_period("2026-02")
    worked(anna, 4, 0, [], 0)
    assert queries.card_of_staff(anna[1].id, month, anna[0]).scheme_title == "安娜试用期"
    assert queries.card_of_staff(anna[1].id, month, anna[0]).total is None  # 40 of 100 weighed
    assert queries.card_of_staff(anna[1].id, month.before, anna[0]) is None
