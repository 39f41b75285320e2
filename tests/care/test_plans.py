"""A mediation plan by its template: within the standard it is quoted at once, beyond it a lead sees it first."""

import copy
import tomllib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.care.test_injuries import Talks
from tests.make import NOON
from yilu.care import operations as care
from yilu.care import plan_book, queries
from yilu.care.models import Bid, Mediation
from yilu.care.rules import plans
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.work.models import Item

BOOK = plan_book.plan_book()
PAPERS = ("identity", "liability", "diagnosis", "bills", "rest", "income")
MONEY = st.decimals("0.01", "999999.99", places=2)


def answer(amount, **told):
    return plans.Answer(amount=Decimal(amount), **told)


USUAL = {"medical": answer("2380"), "lost_income": answer("140", days=15, ground="单位证明")}


class TestTheBook:
    def test_every_template_can_be_worked_out_and_names_a_source_for_each_head(self):
        assert set(BOOK.kinds) == {"OUTPATIENT", "INPATIENT", "DISABILITY", "DEATH", "PROPERTY"}
        for kind in BOOK.kinds.values():
            said = {
                s.head.code: answer("100", days=1, grade=10) for s in kind.standards
            }  # fmt: skip
            worked = plans.work_out(kind, said, share=100, age=30, held=set(BOOK.materials))
            assert worked.total == sum(amount for _n, amount, _g in worked.lines) > 0
            assert all("第" in ground for _n, _a, ground in worked.lines)

    @pytest.mark.parametrize(
        ("where", "wrong"),
        [
            (("head", 0), {"needs": ["a photograph of the moon"]}), (("head", 0), {"citation": ""}),
            (("head", 0), {"months": 3}), (("head", 1), {"code": "medical"}),
            (("plan", 0), {"materials": ["nothing"]}), (("plan", 0), {"heads": []}),
            (("plan", 0), {"heads": [{"code": "medical", "most_days": 3, "most_a_day": "1"}]}),
            (("plan", 0), {"heads": [{"code": "medical", "most": "-1.00"}]}),
            (("plan", 0), {"heads": [{"code": "lost_income", "most_days": 3}]}),
            (("plan", 0), {"heads": [{"code": "medical"}, {"code": "medical"}]}),
        ],
    )  # fmt: skip
    def test_says_what_cannot_be(self, where, wrong):
        files = [
            tomllib.loads((plan_book.FOLDER / name).read_text("utf-8"))
            for name in ("heads.toml", "plans.toml")
        ]
        heads, kinds = copy.deepcopy(files)
        name, at = where
        (heads if name == "head" else kinds)[name][at] |= wrong
        with pytest.raises(ValueError, match=r"."):
            plan_book.read_book(heads, kinds)


class TestTheRule:
    @pytest.mark.parametrize(
        ("age", "years"), [(0, 20), (59, 20), (60, 20), (61, 19), (74, 6), (75, 5), (99, 5)]
    )
    def test_years_by_age(self, age, years):
        assert plans.years_of(age) == years

    def test_disability_is_income_by_years_by_grade_by_share(self):
        worked = plans.work_out(
            BOOK.kinds["DISABILITY"], {"disability": answer("50000", grade=9)}, share=70, age=65,
            held=set(BOOK.materials),
        )  # fmt: skip
        assert worked.total == Decimal("105000.00")  # 50000 × 15 years × 20 % × 70 %
        assert worked.doubts == (plans.Doubt(code="OPEN", about="disability"),)

    @given(MONEY, st.integers(1, 60), st.integers(1, 100))
    def test_what_is_within_the_standard_has_no_doubt_and_share_only_lowers(
        self, a_day, days, share
    ):
        kind = BOOK.kinds["INPATIENT"]
        said = {"nursing": answer(a_day, days=days)}
        worked = plans.work_out(kind, said, share=share, age=None, held=set(BOOK.materials))
        whole = plans.work_out(kind, said, share=100, age=None, held=set(BOOK.materials))
        assert worked.total <= whole.total == a_day * days
        assert bool(worked.doubts) == (days > 30 or a_day > 180)

    @pytest.mark.parametrize(
        ("kind", "said", "told"),
        [
            ("OUTPATIENT", {"medical": answer("0")}, {}),
            ("OUTPATIENT", {"lost_income": answer("100")}, {}),
            ("OUTPATIENT", {"lost_income": answer("100", days=4000)}, {}),
            ("OUTPATIENT", {"death": answer("100")}, {}),
            ("OUTPATIENT", {"medical": answer("9")}, {"share": 0}),
            ("OUTPATIENT", {"medical": answer("9")}, {"share": 101}),
            ("DEATH", {"death": answer("50000")}, {"age": None}),
            ("DISABILITY", {"disability": answer("50000", grade=11)}, {}),
        ],
    )
    def test_refuses_what_cannot_be(self, kind, said, told):
        given = {"share": 100, "age": 40, "held": set(), **told}
        with pytest.raises(plans.Impossible, match=r"[一-鿿]"):
            plans.work_out(BOOK.kinds[kind], said, **given)


class Planning(Talks):
    def make(self, **told):
        given = {
            "claim_id": self.claim_id,
            "kind": "OUTPATIENT",
            "answers": USUAL,
            "papers": PAPERS,
        }
        return self.act(care.plan_by_template, **{**given, **told})

    def waits(self):
        return list(Item.objects.exclude(state="DONE").values_list("queue", flat=True))

    def lead(self):
        return make.colleague(self.office, "REVIEWER")


@pytest.fixture
def talks(db):
    return Planning()


@pytest.mark.django_db
class TestAPlan:
    def test_within_the_standard_is_in_force_and_offered_at_once(self, talks):
        made = talks.make(offer=True, share=50)
        row = Mediation.objects.get(pk=made)
        assert (row.state, row.plan_amount, row.kind) == (
            "TALKING",
            Decimal("2240.00"),
            "OUTPATIENT",
        )
        assert row.said["answers"]["lost_income"]["days"] == 15
        assert [(b.ours, b.amount) for b in Bid.objects.all()] == [(True, Decimal("2240.00"))]
        told = Event.objects.get(kind="care.mediation_planned").facts
        assert (told["template"], told["by_lead"]) == ("OUTPATIENT", False)
        assert talks.waits() == ["care.mediation"]
        [view] = queries.care_of_claim(talks.claim_id, talks.access).mediations
        assert len(view.papers) == 6

    def test_with_papers_missing_goes_on_only_with_a_word_and_then_to_a_lead(self, talks):
        with pytest.raises(care.PapersMissing) as refused:
            talks.make(papers=("identity", "liability", "diagnosis", "bills", "rest"))
        assert refused.value.papers == ("income",)
        assert not Mediation.objects.exists()
        talks.make(papers=PAPERS[:-1], why_without="工资银行流水代替", offer=True)
        row = Mediation.objects.get()
        assert (row.state, row.doubts) == ("PREPARED", [["MISSING", "income"]])
        assert not Bid.objects.exists(), "what waits for a lead is not offered"

    def test_beyond_the_standard_is_a_leads_and_nobodys_own(self, talks):
        said = {"medical": answer("3000.01"), "lost_income": answer("301", days=30)}
        made = talks.make(answers=said)
        assert Mediation.objects.get().doubts == [
            ["LIMIT", ""], ["SUM", "medical"], ["DAYS", "lost_income"], ["A_DAY", "lost_income"],
        ]  # fmt: skip
        assert talks.waits() == ["care.plan"]
        clock = obligations.open_of(queries.PROMISE, {Ref("claim", talks.claim_id)}, NOON)
        assert not clock
        with pytest.raises(care.NotNow):
            talks.act(care.make_bid, mediation_id=made, ours=True, amount=Decimal(1))
        with pytest.raises(NotAllowed):
            talks.act(care.confirm_plan, mediation_id=made)
        small = make.colleague(talks.office, "REVIEWER", amount_limit=Decimal(1000))
        with pytest.raises(NotAllowed):
            care.confirm_plan(mediation_id=made, access=small[0], actor=small[1], at=NOON)
        access, actor = make.colleague(make.office(), "REVIEWER")
        with pytest.raises(care.MediationNotFound):
            care.confirm_plan(mediation_id=made, access=access, actor=actor, at=NOON)
        access, actor = talks.lead()
        care.confirm_plan(mediation_id=made, access=access, actor=actor, at=NOON)
        row = Mediation.objects.get()
        assert (row.state, row.checked_by, row.staff_id) == (
            "PLANNED", str(actor), talks.access.staff_id,
        )  # fmt: skip
        assert talks.waits() == ["care.mediation"]
        assert Event.objects.get(kind="care.mediation_planned").facts["by_lead"]
        with pytest.raises(care.NotNow):
            care.return_plan(
                mediation_id=made, reason="再算一遍", access=access, actor=actor, at=NOON
            )

    def test_a_lead_with_a_plan_of_their_own_leaves_it_to_another(self, talks):
        talks.access, talks.actor = talks.lead()
        made = talks.make(kind="DEATH", answers={"funeral": answer("8000")}, papers=BOOK.materials)
        with pytest.raises(NotAllowed, match="另一位"):
            talks.act(care.confirm_plan, mediation_id=made)
        assert Mediation.objects.get().state == "PREPARED"

    def test_returned_with_a_reason_it_is_begun_from_again(self, talks):
        made = talks.make(answers={"medical": answer("9000", ground="门诊")}, papers=PAPERS)
        access, actor = talks.lead()
        told = {"mediation_id": made, "access": access, "actor": actor, "at": NOON}
        with pytest.raises(care.BadMediation):
            care.return_plan(reason="", **told)
        care.return_plan(reason="自费药请剔除", **told)
        [item] = Item.objects.exclude(state="DONE")
        assert (item.queue_id, item.staff_id) == ("care.mediation", talks.access.staff_id)
        start = queries.start_plan(talks.claim_id, "OUTPATIENT", talks.access, today=day_of(NOON))
        assert start.returned_for == "自费药请剔除"
        assert start.answers["medical"] == answer("9000.00", ground="门诊")
        talks.make()
        assert Mediation.objects.filter(state="PLANNED").count() == 1

    def test_going_beyond_the_plan_so_far_is_a_leads_too(self, talks):
        made = talks.make()
        bid = {"mediation_id": made, "reason": "新增鉴定结论"}
        talks.act(care.make_bid, ours=True, amount=Decimal("10000"), **bid)
        with pytest.raises(NotAllowed):
            talks.act(care.make_bid, ours=True, amount=Decimal("10000.01"), **bid)
        talks.act(care.make_bid, ours=False, amount=Decimal("12000"), **bid)
        end = {"mediation_id": made, "agreed": Decimal("12000"), "words": "双方签字"}
        with pytest.raises(NotAllowed):
            talks.act(care.end_mediation, **end)
        access, actor = talks.lead()
        care.end_mediation(**end, access=access, actor=actor, at=NOON)
        assert Mediation.objects.get().agreed_amount == Decimal("12000.00")

    def test_freely_written_it_goes_by_the_same_table(self, talks):
        talks.plan([("误工费", Decimal("10000.01"), "单位证明")])
        assert Mediation.objects.get().doubts == [["LIMIT", ""]]

    @pytest.mark.parametrize(
        "wrong",
        [{"kind": "MOON"}, {"answers": {}}, {"share": 0}, {"papers": ["moon"]}, {"third_party_id": 0},
         {"answers": {"medical": answer("NaN")}}, {"answers": {"medical": answer("1.001")}}],
    )  # fmt: skip
    def test_what_cannot_be_leaves_nothing(self, talks, wrong):
        with pytest.raises(care.BadMediation):
            talks.make(**wrong)
        assert not Mediation.objects.exists()

    def test_begins_from_what_the_case_knows(self, talks):
        zhou = make.party(talks.office, name="周路人")
        third = talks.act(
            care.enter_third_party, claim_id=talks.claim_id, party_id=zhou, relation="INJURED"
        )
        start = queries.start_plan(talks.claim_id, "DISABILITY", talks.access, today=day_of(NOON))
        assert (start.chosen, start.share) == (third, 100)
        assert start.age is not None
        talks.make(third_party_id=third)
        [view] = queries.care_of_claim(talks.claim_id, talks.access).mediations
        assert view.hurt.startswith("周")
