"""Signals on the desk, links drawn for those who may see them, groups, and models with four eyes."""

import pytest

from tests import cast, make
from tests.web.signing import signed_in
from yilu.people.models import Party
from yilu.risk import jobs
from yilu.risk.models import Group, RiskModel, Signal, Trace

CARD = {
    "examples": 400, "confirmed": 100, "features": ["amount"], "folds": 5, "repeats": 4,
    "auc": {"ours": [0.81, 0.7, 0.9], "logistic": [0.7, 0.6, 0.8], "difference": [0.11, 0.02, 0.2]},
    "average_precision": {"ours": 0.5, "logistic": 0.4}, "brier": 0.1, "later": None,
    "calibration": [{"said": 0.1, "was": 0.2, "claims": 40}],
    "top": [{"share": 0.05, "claims": 20, "precision": 0.8, "found": 0.16}],
    "weights": [{"feature": "amount", "share": 1.0}],
}  # fmt: skip


@pytest.fixture
def claim(people):
    """Lin's claim in review, with a signal about a line and a stranger who shares the account."""
    make.consent(people.lin)
    number = make.policy(people.branch_a, holder_id=people.lin).number
    made = make.claim_in_review(
        holder_id=people.lin, policy_number=number, account_id=make.account(people.lin),
        invoices=[make.invoice(cast.LIN_NAME, each="6000.00", fund_paid="0.00")],
    )  # fmt: skip
    return made.claim_id


@pytest.fixture
def signal(claim):
    finding = {
        "says": "“阿帕他胺片”仅限男性使用",
        "name": "阿帕他胺片",
        "source": "国家医保局 第 2 行",
        "line": 0,
    }
    return Signal.objects.create(
        subject=f"claim:{claim}", signal="BILL_SEX", severity="HIGH", measure=1, raised_at=make.NOON,
        evidence={"findings": [finding], "table": "claims.signals v1", "rows": [10]},
    )  # fmt: skip


def trace(claim_id, party_id, key="shared"):
    for kind, value in (("INSURED", str(party_id)), ("ACCOUNT", key)):
        Trace.objects.get_or_create(
            kind=kind, key=value, subject=f"claim:{claim_id}",
            defaults={"party_id": party_id, "happened_at": make.NOON},
        )  # fmt: skip


class TestDesk:
    def test_evidence_and_finding_are_on_the_desk(self, chen, claim, signal):
        page = chen.get(f"/staff/claims/{claim}").content.decode()
        assert "仅限男性使用" in page
        assert "国家医保局 第 2 行" in page
        assert "claims.signals v1" in page

        url = f"/staff/claims/{claim}/signals/{signal.pk}/clear"
        assert chen.post(url, {"holds": "yes", "finding": ""}).status_code == 422
        assert chen.post(url, {"holds": "yes", "finding": "医院确认开错了人"}).status_code == 302
        signal.refresh_from_db()
        assert (signal.holds, signal.finding) == (True, "医院确认开错了人")
        assert chen.post(url, {"holds": "no", "finding": "再来一次也一样"}).status_code == 409

    def test_strangers_and_other_branches_change_nothing(self, people, claim, signal, kept_out):
        url = f"/staff/claims/{claim}/signals/{signal.pk}/clear"
        bai = signed_in(people.as_bai)
        assert bai.post(url, {"holds": "no", "finding": "与我无关的案子"}).status_code == 404
        other = Signal.objects.create(
            subject="claim:999999", signal="MODEL", severity="LOW", measure=96, raised_at=make.NOON
        )
        chen = signed_in(people.as_chen)
        crossed = f"/staff/claims/{claim}/signals/{other.pk}/clear"
        assert chen.post(crossed, {"holds": "no", "finding": "别的案子的信号"}).status_code == 404
        assert not Signal.objects.exclude(cleared_at=None).exists()
        kept_out(f"/staff/claims/{claim}/links")


class TestLinks:
    def test_shows_ways_but_nothing_of_another_office(self, chen, people, claim):
        trace(claim, people.lin)
        hidden = make.party(people.branch_b, name="欧阳不可见")
        trace(777_777, hidden)
        page = chen.get(f"/staff/claims/{claim}/links").content.decode()
        assert "其他机构的赔案" in page
        assert "欧阳不可见" not in page
        drawn = chen.get(f"/staff/claims/{claim}/links/graph").json()
        names = [n["name"] for n in drawn["nodes"]]
        assert any("其他机构的客户" in n for n in names)
        assert not any("shared" in n or cast.LIN_NAME in n for n in names)
        assert {n["url"] for n in drawn["nodes"] if n["start"]} == {f"/staff/claims/{claim}"}
        assert all(0 <= a < len(names) and 0 <= b < len(names) for a, b in drawn["links"])

    def test_names_are_shown_on_record_within_ones_offices(self, chen, people, claim):
        from yilu.journal.models import Event

        trace(claim, people.lin)
        trace(777_777, make.party(people.branch_b, name="欧阳不可见"))
        url = f"/staff/claims/{claim}/links/names"
        before = Event.objects.count()
        refused = chen.post(url, {"reason": "CURIOSITY"})
        assert refused.status_code == 422
        assert Event.objects.count() == before
        page = chen.post(url, {"reason": "INVESTIGATION"}).content.decode()
        assert Party.objects.get(pk=people.lin).name in page
        assert "欧阳不可见" not in page
        assert Event.objects.filter(subject=f"party:{people.lin}").exists()

    def test_a_claim_of_another_branch_is_not_there(self, people, claim):
        bai = signed_in(people.as_bai)
        for part in ("", "/graph"):
            assert bai.get(f"/staff/claims/{claim}/links{part}").status_code == 404


class TestPages:
    def test_effectiveness_counts_what_people_found(self, chen, claim, signal, desk):
        page = chen.get("/staff/risk").content.decode()
        assert "收费项目与性别不符" in page
        drawn = chen.get("/staff/risk/chart?days=30").json()
        open_ones = dict(zip(drawn["names"], drawn["series"][2]["data"], strict=True))
        assert open_ones["收费项目与性别不符"] == 1
        assert chen.get("/staff/risk?days=x").status_code == 200
        assert desk.operator.client.get("/staff/risk").status_code == 403

    def test_nothing_yet(self, chen):
        assert "没有风险信号" in chen.get("/staff/risk").content.decode()
        assert "没有发现关联团组" in chen.get("/staff/risk/groups").content.decode()

    def test_a_group_is_looked_into_once(self, chen, people, claim):
        trace(claim, people.lin)
        for n in range(3):
            trace(880_000 + n, 880_000 + n)
        jobs.search_groups(make.NOON)
        group = Group.objects.get()
        assert f"/staff/risk/groups/{group.pk}" in chen.get("/staff/risk/groups").content.decode()
        url = f"/staff/risk/groups/{group.pk}"
        assert "另有 3 件属于其他机构" in chen.get(url).content.decode()
        assert chen.post(f"{url}/clear", {"holds": "no", "finding": ""}).status_code == 422
        assert (
            chen.post(f"{url}/clear", {"holds": "no", "finding": "一家人共用账户"}).status_code
            == 302
        )
        assert (
            chen.post(f"{url}/clear", {"holds": "no", "finding": "一家人共用账户"}).status_code
            == 409
        )
        assert chen.get("/staff/risk/groups/0").status_code == 404


class TestModels:
    def test_two_people_release_what_beats_logistic_regression(self, desk, chen):
        model = RiskModel.objects.create(
            state="TRAINED", card=CARD, kept={}, asked_by=str(desk.editor.ref), asked_at=make.NOON
        )
        url = f"/staff/risk/models/{model.pk}"
        assert chen.get(url).status_code == 403
        assert "0.81" in desk.editor.client.get(url).content.decode()
        assert desk.editor.client.get(f"{url}/chart/calibration").json()["series"][0]["data"] == [
            10.0
        ]
        assert desk.editor.client.get(f"{url}/chart/drift").json()["names"] == []
        told = {"reason": "核对了模型卡"}
        assert desk.editor.client.post(f"{url}/release", told).status_code == 409
        assert desk.second_editor.client.post(f"{url}/release", {"reason": ""}).status_code == 422
        assert desk.second_editor.client.post(f"{url}/release", told).status_code == 302
        model.refresh_from_db()
        assert (model.state, model.released_by) == ("RELEASED", str(desk.second_editor.ref))
        assert desk.editor.client.post(f"{url}/retire").status_code == 302
        assert desk.editor.client.post(f"{url}/retire").status_code == 409

    def test_one_that_does_not_is_not_offered(self, desk):
        worse = CARD | {"auc": CARD["auc"] | {"difference": [0.01, -0.02, 0.04]}}
        model = RiskModel.objects.create(
            state="TRAINED", card=worse, asked_by="staff:0", asked_at=make.NOON
        )
        url = f"/staff/risk/models/{model.pk}"
        assert "不能发布" in desk.editor.client.get(url).content.decode()
        assert (
            desk.editor.client.post(f"{url}/release", {"reason": "还是想发布"}).status_code == 409
        )

    def test_training_is_asked_for_once(self, desk):
        assert "还没有训练过模型" in desk.editor.client.get("/staff/risk/models").content.decode()
        assert desk.editor.client.post("/staff/risk/models/train").status_code == 302
        assert desk.editor.client.post("/staff/risk/models/train").status_code == 409
        assert RiskModel.objects.get().state == "TRAINING"


def test_the_console_trains_and_says_why_not(people):
    from io import StringIO

    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="太少"):
        call_command("train_risk", "--all-outcomes", stdout=StringIO())
    with pytest.raises(CommandError, match="规则表格"):
        call_command("risk_rules", "tests/risk", stdout=StringIO())
