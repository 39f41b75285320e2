"""An underwriter …"""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests import make
from tests.documents import papers
from tests.underwriting.story import Story, insurer
from yilu.kernel.errors import NotAllowed
from yilu.letters.models import IssuedLetter
from yilu.underwriting import operations as underwriting
from yilu.underwriting.models import Decision, ProposedOpinion
from yilu.underwriting.operations import Kind, Opinion
from yilu.underwriting.queries import UnknownApplication
from yilu.underwriting.queries.desk import desk, list_applications
from yilu.underwriting.terms import Excluded
from yilu.work.models import Item

pytestmark = pytest.mark.django_db

HIGH = {
    "area_heart": "YES", "hypertension": "YES", "hypertension.systolic": "165",
    "hypertension.diastolic": "95", "hypertension.damage": "NO",
}  # fmt: skip
"""Referred for critical illness, without a proposal."""
NODULE = Excluded(code="own", wording="甲状腺结节及甲状腺癌", icd_prefixes=("E04", "C73"))


@pytest.fixture
def office(db):
    return insurer()


@pytest.fixture
def he(office):
    return make.colleague(office, "UNDERWRITER")


@pytest.fixture
def yan(office):
    return make.colleague(office, "UNDERWRITER", amount_limit=Decimal(5_000_000))


@pytest.fixture
def told(office):
    """A story that ends on the underwriter's desk."""
    story = Story(office)
    assert story.submitted(**HIGH).state == "REFERRED"
    return story


def seen(story, who):
    return desk(story.id, who[0], story.at)


def decide(story, who, kind, **given):
    opinion = Opinion(**{"digest": seen(story, who).digest, "kind": kind, **given})
    return underwriting.decide_by_person(
        application_id=story.id, opinion=opinion, access=who[0], actor=who[1], at=story.at
    )


def confirm(story, who, *, agrees=True, reason="同意", digest=""):
    return underwriting.confirm_opinion(
        application_id=story.id, agrees=agrees, digest=digest or seen(story, who).digest,
        reason=reason, access=who[0], actor=who[1], at=story.at,
    )  # fmt: skip


def test_sees_everything_on_one_screen(told, he, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        shown = seen(told, he)

    assert (shown.row.state, shown.row.number) == ("REFERRED", told.row.number)
    answers = {a.code: a.answer for a in shown.answers}
    assert answers["hypertension.systolic"] == "165 mmHg"
    assert answers["hypertension"] == "是"
    said = next(r for r in shown.reasons if r.about == "高血压")
    assert (said.table, said.version, said.outcome) == ("underwriting.hypertension", 1, "REFER")
    assert said.row > 0
    assert shown.facts.sum_at_risk == Decimal("300000.00")
    assert shown.bmi == Decimal("21.5")
    assert shown.may == {k.value: True for k in Kind} | {"CONFIRM": False}
    assert shown.clocks
    assert [i.queue for i in shown.items] == ["underwriting.review"]
    assert shown.timeline
    assert [r.id for r in list_applications(he[0])] == [told.id]


def test_accepts_and_the_customer_may_pay(told, he):
    done = decide(told, he, Kind.ACCEPT)

    assert (done.state, done.second) == ("AWAITING_PAYMENT", False)
    decision = Decision.objects.get(application=told.row, ordinal=2)
    assert (decision.outcome, decision.decided_by) == ("ACCEPT", str(he[1]))
    assert decision.reasons[0]["table"]
    assert decision.facts == Decision.objects.get(application=told.row, ordinal=1).facts
    assert Item.objects.get(queue_id="underwriting.review").state == "DONE"
    assert told.paid().state == "ISSUED"


def test_offers_a_loading_an_exclusion_and_a_smaller_sum_that_the_customer_must_agree_to(told, he):
    before = told.row.premium
    done = decide(
        told, he, Kind.OFFER, extra_mortality=50, exclusions=(NODULE,),
        sum_insured=Decimal(200_000), words="血压控制不理想，并有甲状腺结节",
    )  # fmt: skip

    row = told.row
    assert (done.state, done.outcome) == ("OFFERED", "EXCLUSION")
    assert (row.sum_insured, row.extra_mortality) == (Decimal("200000.00"), 50)
    assert Decimal(0) < row.extra_premium < row.premium < before
    assert row.exclusions == [
        {"code": "own", "wording": NODULE.wording, "icd_prefixes": ["E04", "C73"]}
    ]
    letter = IssuedLetter.objects.get(kind="CONDITIONS")
    assert letter.party_id == told.holder_id
    assert letter.facts["reasons"] == ["血压控制不理想，并有甲状腺结节"]
    assert [r["label"] for r in letter.facts["changes"]] == ["基本保险金额", "加费", "除外"]
    assert letter.facts["exclusions"] == [{"number": "特别约定1", "text": NODULE.wording}]
    told.signed("CONDITIONS").do(underwriting.agree_to_conditions)
    policy = told.paid().policy
    assert (policy.sum_insured, policy.extra_premium) == (row.sum_insured, row.extra_premium)
    assert [e.wording for e in policy.exclusions.all()] == [NODULE.wording]


def test_declines_with_a_letter_of_reasons(told, he):
    assert decide(told, he, Kind.DECLINE, words="血压已影响心脏和肾脏").state == "DECLINED"
    assert IssuedLetter.objects.get().kind == "REFUSAL"
    assert told.row.decision.decided_by == str(he[1])


def test_postpones_and_declines_with_reasons_only(told, he):
    for lacking in (
        {"words": ""},
        {"words": "血压", "months": 6},
        {"words": "血压不稳定", "months": 0},
    ):
        with pytest.raises(underwriting.OpinionIncomplete):
            decide(told, he, Kind.POSTPONE, **lacking)
    done = decide(told, he, Kind.POSTPONE, words="血压不稳定，请先治疗", months=6)

    assert done.state == "POSTPONED"
    letter = IssuedLetter.objects.get(kind="POSTPONED")
    assert letter.facts["reasons"] == ["血压不稳定，请先治疗"]
    decision = told.row.decision
    assert letter.facts["until"] == decision.postponed_to.isoformat()
    assert decision.words == "血压不稳定，请先治疗"
    assert (decision.postponed_to - told.at.date()).days == 180
    with pytest.raises(underwriting.NotPossibleNow):
        decide(told, he, Kind.DECLINE, words="已经延期，不再重复")


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("SOMETHING", {}),
        (Kind.OFFER, {"words": "什么也没有变更"}),
        (Kind.OFFER, {"words": "加费不是整数倍", "extra_mortality": 30}),
        (Kind.OFFER, {"words": "保额没有降低", "sum_insured": Decimal(300_000)}),
        (Kind.OFFER, {"words": "保额不是整数倍", "sum_insured": Decimal(200_001)}),
        (Kind.OFFER, {"words": "编码写错", "exclusions": (replace(NODULE, icd_prefixes=("x",)),)}),
        (Kind.OFFER, {"words": "没有写内容", "exclusions": (replace(NODULE, wording=""),)}),
        (Kind.ACCEPT, {"extra_mortality": 50}),
        (Kind.EXAMINE, {"words": "请做检查吧"}),
        (Kind.EXAMINE, {"words": "请做检查吧", "examinations": ("NOTHING",)}),
        (Kind.DECLINE, {"words": "不"}),
    ],
)
def test_cannot_give_half_an_opinion(told, he, kind, given):
    with pytest.raises(underwriting.OpinionIncomplete):
        decide(told, he, kind, **given)
    assert told.row.state == "REFERRED"
    assert Decision.objects.filter(application_id=told.id).count() == 1


def test_explains_a_departure_from_what_the_machine_suggested(office, he):
    story = Story(office)
    story.submitted(**HIGH | {"hypertension.systolic": "185"})  # the tables would postpone
    assert seen(story, he).suggested_label == "延期"

    with pytest.raises(underwriting.DepartureUnexplained):
        decide(story, he, Kind.ACCEPT)
    done = decide(story, he, Kind.ACCEPT, override_reason="复测三次均已正常，附记录")

    assert done.state == "AWAITING_PAYMENT"
    assert (story.row.decision.machine, story.row.decision.override_reason[:4]) == (
        "POSTPONE",
        "复测三次",
    )


def test_decides_on_what_they_saw(told, he):
    digest = seen(told, he).digest
    told.do(
        underwriting.hand_in_paper, paper=seen(told, he).needs[0].code, filename="检查.png",
        content=papers.picture(),
    )  # fmt: skip
    with pytest.raises(underwriting.StaleOpinion):
        decide(told, he, Kind.ACCEPT, digest=digest)
    assert told.row.state == "REFERRED"


def test_asks_for_examinations_once_and_a_second_time_only_with_a_colleague(told, he, yan):
    asked = {"examinations": ("HOLTER", "CHECKUP"), "words": "请补充心脏检查"}
    assert decide(told, he, Kind.EXAMINE, **asked).state == "EXAMINATION"
    assert told.row.decision.examinations == ["HOLTER", "CHECKUP"]
    letter = IssuedLetter.objects.get(kind="EXAMINATION")
    assert letter.facts["items"][0]["title"] == "动态心电图与心脏彩超"

    again = decide(told, he, Kind.EXAMINE, examinations=("URINE",), words="还需要尿常规检查")

    assert again.second
    assert ProposedOpinion.objects.get().why_second == "ASKED_BEFORE"
    assert confirm(told, yan).state == "EXAMINATION"
    assert told.row.decision.examinations == ["URINE"]


def test_above_a_sum_waits_for_a_second_person(office, he, yan):
    story = Story(office)
    state = story.submitted(**HIGH, elsewhere="1300000").state  # 1.6 million with ours
    assert state == "REFERRED"
    shown = seen(story, he)
    done = decide(story, he, Kind.ACCEPT, override_reason="资料充分，标准体承保")

    assert (done.second, done.state) == (True, state)
    assert Decision.objects.filter(application_id=story.id).count() == 1
    assert Item.objects.get(queue_id="underwriting.second").state == "OPEN"
    for late in (he, yan):
        with pytest.raises(underwriting.OpinionWaits):
            decide(story, late, Kind.ACCEPT)
    with pytest.raises(underwriting.OwnOpinion):
        confirm(story, he)
    with pytest.raises(underwriting.StaleOpinion):
        confirm(story, yan, digest=shown.digest)
    with pytest.raises(underwriting.BadReason):
        confirm(story, yan, agrees=False, reason="")

    assert confirm(story, yan, agrees=False, reason="请先补充收入证明").outcome == "REFER"
    assert seen(story, he).sent_back[0][1] == "请先补充收入证明"
    decide(story, he, Kind.ACCEPT, override_reason="收入证明已核对")
    done = confirm(story, yan)
    assert done.state == "AWAITING_PAYMENT"
    assert story.row.decision.decided_by == str(he[1])
    with pytest.raises(underwriting.NotPossibleNow):
        confirm(story, yan)


def test_is_kept_out_without_the_right_or_the_office(told, office, he):
    elsewhere = make.colleague(make.office(), "UNDERWRITER")
    chen = make.colleague(office, "ASSESSOR")
    counter = make.colleague(office, "COUNTER")
    digest = seen(told, he).digest
    for who in (elsewhere, chen):
        with pytest.raises(UnknownApplication):
            seen(told, who)
        with pytest.raises(underwriting.ApplicationNotFound):
            underwriting.decide_by_person(
                application_id=told.id, opinion=Opinion(digest=digest, kind=Kind.ACCEPT),
                access=who[0], actor=who[1], at=told.at,
            )  # fmt: skip
        assert not list_applications(who[0])
    assert not any(seen(told, counter).may.values())
    with pytest.raises(NotAllowed):
        decide(told, counter, Kind.ACCEPT)
    with pytest.raises(UnknownApplication):
        desk(told.id + 999, he[0], told.at)
    assert told.row.state == "REFERRED"
