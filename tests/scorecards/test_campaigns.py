"""Campaigns compared before and after, shared credit, papers of surveys, the five ones and the rating."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.make import NOON
from tests.scorecards.telling import acting, read, tell
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.scorecards import operations, queries, refusals
from yilu.scorecards.queries import Share
from yilu.voice import operations as voice

pytestmark = pytest.mark.django_db(transaction=True)
BEGUN = datetime(2026, 2, 1, 4, tzinfo=UTC)


def talked(who, since, days, clean, dirty, first):
    for day in range(days):
        for n in range(clean + dirty + day % 2):
            tell(
                "quality.conversation_read", Ref("conversation", first + day * 20 + n),
                since + timedelta(days=day), staff_id=who[1].id, forbidden=int(n < dirty),
                misrecorded=False,
            )  # fmt: skip
    read(since)


def planned(team, **given):
    told = {
        "title": "二月服务提升月", "aim": "会话规范率提高十个百分点", "offices": [team["here"]],
        "since": date(2026, 2, 13), "until": date(2026, 2, 25),
        "themes": {"ATTITUDE": ["clean_conversations"], "QUALITY": []},
    }  # fmt: skip
    return operations.plan_campaign(**told | given, **acting(team["first"], BEGUN))


def test_a_campaign_says_what_really_moved_beside_the_others(team):
    for wrong in (
        {"title": "短"}, {"themes": {}}, {"themes": {"MOON": ["nps"]}}, {"themes": {"QUALITY": ["moon"]}},
        {"themes": {"QUALITY": ["nps"], "ATTITUDE": ["nps"]}}, {"offices": []},
        {"until": date(2026, 2, 15)}, {"since": date(2026, 1, 31)},
    ):  # fmt: skip
        with pytest.raises(refusals.BadCampaign):
            planned(team, **wrong)
    made = planned(team)
    with pytest.raises(refusals.BadCampaign):
        planned(team)
    with pytest.raises(NotAllowed):
        operations.plan_campaign(
            title="别处的活动", aim="别处的活动", offices=[team["there"]], since=date(2026, 3, 5),
            until=date(2026, 3, 20), themes={"QUALITY": ["nps"]}, **acting(team["branch_manager"]),
        )  # fmt: skip
    talked(team["anna"], BEGUN, 12, 1, 2, 1_000)
    talked(team["anna"], BEGUN + timedelta(days=12), 12, 3, 0, 2_000)
    talked(team["stranger"], BEGUN, 24, 2, 1, 3_000)
    lead = team["lead"][0]
    found, (row,) = queries.get_campaign(made, lead, NOON)
    assert (found.state, row.days_before, row.days_after) == ("OVER", 12, 12)
    assert row.before < 50
    assert row.after == 100
    assert row.verdict == "BETTER"
    assert row.low < row.difference < row.high
    assert abs(row.others) < 1
    assert row.beyond == pytest.approx(row.difference - row.others)
    early = queries.get_campaign(made, lead, BEGUN + timedelta(days=15))
    assert early[0].state == "RUNNING"
    assert early[1][0].verdict == "UNSURE"  # three days
    with pytest.raises(refusals.CampaignNotFound):
        queries.get_campaign(made, team["stranger"][0], NOON)
    _closed(team, made, row)


def _closed(team, made, row):
    words = {"campaign_id": made, "conclusion": "提醒有效，会话规范率明显提高，继续使用。"}
    manager = acting(team["first"])
    with pytest.raises(refusals.CampaignNotOver):
        operations.close_campaign(**words, **acting(team["first"], BEGUN + timedelta(days=20)))
    with pytest.raises(refusals.BadCampaign):
        operations.close_campaign(**words | {"conclusion": "好"}, **manager)
    with pytest.raises(NotAllowed):
        operations.close_campaign(**words, **acting(team["lead"]))
    with pytest.raises(refusals.CampaignNotFound):
        operations.close_campaign(**words | {"campaign_id": 10**9}, **manager)
    operations.close_campaign(**words, **manager)
    with pytest.raises(refusals.CampaignNotOver):
        operations.close_campaign(**words, **manager)
    talked(team["anna"], BEGUN + timedelta(days=12), 12, 0, 3, 4_000)  # heard too late
    found, (kept,) = queries.get_campaign(made, team["lead"][0], NOON)
    assert (found.state, kept) == ("CLOSED", row)


def test_credit_is_shared_by_two_departments_and_confirmed_by_a_third_person(team):
    lead, manager = acting(team["lead"]), acting(team["first"])
    shares = [
        Share(team["anna"][1].id, "CONTACT", 4, "先打电话说明缺什么"),
        Share(team["bo"][1].id, "CLAIMS", 3, "补料通知合成一次"),
    ]
    told = {
        "title": "补料一次告知", "story": "补料往返由两次减为一次，客户不再重复跑", "office_id": team["here"],
        "done_on": date(2026, 3, 1), "shares": shares,
    }  # fmt: skip
    gone = [shares[0], replace(shares[1], staff_id=10**9)]
    for wrong in (
        {"title": "短"}, {"story": "太短"}, {"done_on": date(2026, 3, 9)}, {"shares": shares[:1]}, {"shares": gone},
    ):  # fmt: skip
        with pytest.raises(refusals.BadInitiative):
            operations.propose_initiative(**told | wrong, **lead)
    with pytest.raises(NotAllowed):
        operations.propose_initiative(**told, **acting(team["stranger"]))
    made = operations.propose_initiative(**told, **lead)
    with pytest.raises(refusals.BadInitiative):
        operations.propose_initiative(**told, **lead)
    answer = {"initiative_id": made, "confirmed": True, "answer": "已核对两个部门的记录"}
    with pytest.raises(refusals.NeedsReason):
        operations.decide_initiative(**answer | {"answer": "行"}, **manager)
    with pytest.raises(NotAllowed):
        operations.decide_initiative(**answer, **lead)
    operations.decide_initiative(**answer, **manager)
    with pytest.raises(refusals.InitiativeNotFound):
        operations.decide_initiative(**answer, **manager)
    (seen,) = queries.list_initiatives(team["anna"][0])  # a part of it was hers
    assert (seen.points, seen.state) == (7, "CONFIRMED")
    assert queries.list_initiatives(team["stranger"][0]) == []
    own = operations.propose_initiative(**told | {"title": "管理者自己申报的"}, **manager)
    with pytest.raises(refusals.OwnInitiative):
        operations.decide_initiative(**answer | {"initiative_id": own}, **manager)


def test_a_surveys_report_is_kept_sealed_and_once(team, settings, tmp_path):
    settings.FILES = tmp_path
    manager = acting(team["first"])
    study = voice.enter_study(
        name="年度满意度", by="某调查公司", measure="CSAT", lowest=1, highest=5, value=Decimal("98.04"),
        others=None, sample=1200, journey="claim", held_on=date(2026, 2, 1), **manager,
    )  # fmt: skip
    given = {"study_id": study, "filename": "报告.pdf", "content": b"%PDF-1.7 the report"}
    for wrong, refusal in (
        ({"content": b""}, refusals.BadPaper), ({"content": b"<html>"}, refusals.BadPaper),
        ({"study_id": 10**9}, refusals.PaperNotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            operations.add_paper(**given | wrong, **manager)
    with pytest.raises(NotAllowed):
        operations.add_paper(**given, **acting(team["lead"]))
    made = operations.add_paper(**given, **manager)
    assert operations.add_paper(**given, **manager) == made
    opened = queries.open_paper(made, team["lead"][0])
    assert (opened.content, opened.media_type) == (given["content"], "application/pdf")
    with pytest.raises(NotAllowed):
        queries.open_paper(made, team["anna"][0])
    with pytest.raises(refusals.PaperNotFound):
        queries.open_paper(10**9, team["lead"][0])
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert b"the report" not in files[0]


def test_the_five_ones_and_the_rating_say_what_is_measured_and_what_is_missing(counted):
    span = {"since": date(2026, 3, 1), "until": date(2026, 4, 1), "offices": None}
    five = {each.one.code: each for each in queries.five_ones(**span)}
    assert list(five) == ["CALL", "CLAIM", "MESSAGE", "COMPLAINT", "PROCESS"]
    call = five["CALL"]
    assert (call.figure.value, call.beside.value) == (Decimal("66.67"), Decimal("33.33"))
    assert (call.trend, call.moved) == ("", None)  # nothing is known of the days before
    assert [month for month, _v in call.months] == ["2026-03-01"]
    assert five["MESSAGE"].figure.value is None
    later = {"since": date(2026, 4, 1), "until": date(2026, 5, 1), "offices": None}
    assert queries.five_ones(**later)[0].trend == ""
    told = queries.rate(**span)
    values = {line.indicator.code: line.value for line in told.rating.lines}
    assert values["CLAIM_TIME"] == Decimal("2.00")
    assert values["FOLLOWED"] is None
    assert told.rating.low < told.rating.high
    assert [figure.code for _label, figure in told.index] == [
        "loss_to_payment_days", "paid_ratio", "surrender_rate",
    ]  # fmt: skip
