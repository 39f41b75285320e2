"""Others who must agree: each heir by code on their own phone or signed at the counter."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.documents.papers import picture
from tests.servicing.hall import NOON, Hall
from yilu.documents import queries as documents
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations import queries as promises
from yilu.people import operations as people
from yilu.policies import queries as policies
from yilu.servicing import operations as servicing
from yilu.servicing import queries
from yilu.servicing.kinds.heirs import HeirsUnclear
from yilu.servicing.models import Agreement
from yilu.servicing.rules.agreeing import Due, due_on, summed_up
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)


class Estate(Hall):
    """The holder is said to have died; the insured goes on, two others inherit too."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = {"林大": make.resident_id(), "林二": make.resident_id()}
        self.first = make.party(self.office, name="林大", identity_number=self.numbers["林大"])
        self.wishes = {
            "died_on": "2026-02-01", "relation": "SPOUSE", "others": "SOME",
            "heirs": [self.heir("林大"), self.heir("林二", phone="13900001111")],
        }  # fmt: skip

    def heir(self, name: str, **more: str) -> dict[str, str]:
        return {"name": name, "identity": self.numbers[name], "relation": "CHILD", **more}

    def ask(self, **changed: object) -> int:
        """As the insured fills it in, with a paper."""
        request_id = self.start(
            "inheritance", self.wishes | changed, party_id=self.su, actor=self.insured
        )
        servicing.add_papers(
            request_id=request_id, actor=self.insured, at=NOON, filename="death.png",
            content=picture(),
        )  # fmt: skip
        return request_id

    def handed_in(self) -> int:
        request_id = self.ask()
        assert self.confirm(request_id, actor=self.insured) == "CONFIRMED"
        return request_id

    @property
    def second(self) -> int:
        return Agreement.objects.exclude(party_id=self.first).get().party_id

    def agree(self, request_id: int, party_id: int, at=NOON) -> str:
        """With the code that came to their own phone."""
        who = Ref("party", party_id)
        servicing.send_agreement_code(request_id=request_id, actor=who, at=at)
        return servicing.confirm_as_second_party(
            request_id=request_id, code=self.code(), actor=who, at=at
        )

    def sign(self, request_id: int, party_id: int, **given: object) -> str:
        told = {
            "agrees": True,
            "filename": "signed.png",
            "content": picture(text="signed"),
            **given,
        }
        return servicing.sign_at_counter(
            request_id=request_id, party_id=party_id, **(self.staff() | told)
        )


@pytest.fixture
def estate(db):
    return Estate()


def test_goes_on_by_itself_when_the_last_heir_has_agreed(estate):
    request_id = estate.handed_in()
    row = estate.row(request_id)
    assert Message.objects.filter(template="servicing.heir_asked").count() == 2
    codes = {c.code for c in promises.list_clocks(row.ref, NOON) if c.state == "RUNNING"}
    assert codes == {"pledge.servicing_agreements_30_days"}
    (waiting,) = queries.list_to_agree(estate.second)
    assert (waiting.id, waiting.state_label) == (request_id, "等其他继承人同意")
    seen = queries.get_for_second_party(request_id, estate.second, NOON)
    assert [(a.name, a.mine) for a in seen.agreements] == [("林大", False), ("林二", True)]

    assert estate.agree(request_id, estate.second) == "CONFIRMED"
    again = servicing.confirm_as_second_party(
        request_id=request_id, actor=Ref("party", estate.second), at=NOON
    )
    assert again == "CONFIRMED"  # twice is once
    assert estate.sign(request_id, estate.first) == "IN_REVIEW"
    assert estate.sign(request_id, estate.first) == "IN_REVIEW"
    told = dict(Agreement.objects.values_list("party_id", "proof"))
    assert told == {estate.first: "SIGNED", estate.second: "CODE"}
    assert Event.objects.filter(kind="servicing.heir_agreed").count() == 2
    running = {c.code for c in promises.list_clocks(row.ref, NOON) if c.state == "RUNNING"}
    assert running == {"law.servicing_accept_2_days"}
    assert len(documents.list_uploads(row.ref)) == 2

    digest = estate.row(request_id).digest
    state = servicing.approve_request(request_id=request_id, digest=digest, **estate.staff())
    assert state == "DONE"
    assert policies.policy_card(estate.policy.id).holder_id == estate.su
    assert ["其他继承人", "林大、林二"] in estate.row(request_id).effect


def test_goes_to_a_person_when_one_heir_declines_and_waits_for_a_deed(estate):
    request_id = estate.handed_in()
    refuses = {"request_id": request_id, "actor": Ref("party", estate.second), "at": NOON}
    servicing.decline_as_second_party(**refuses)
    servicing.decline_as_second_party(**refuses)
    row = estate.row(request_id)
    assert (row.state, row.second) == ("IN_REVIEW", "DECLINED")
    assert Item.objects.filter(queue_id="servicing.review", state="OPEN").count() == 1
    assert Message.objects.filter(template="servicing.heir_declined").count() == 1

    approve = {"request_id": request_id, "digest": row.digest, **estate.staff()}
    for instead in ("", "协议"):
        with pytest.raises(servicing.NotAllAgreed):
            servicing.approve_request(**approve, instead=instead)
    assert policies.policy_card(estate.policy.id).holder_id == estate.lin
    assert servicing.approve_request(**approve, instead="（2026）浙01民终123号判决书") == "DONE"
    assert Event.objects.get(kind="servicing.agreements_replaced").facts["people"] == 2


def test_may_still_agree_after_having_declined(estate):
    request_id = estate.handed_in()
    servicing.decline_as_second_party(
        request_id=request_id, actor=Ref("party", estate.second), at=NOON
    )
    assert estate.agree(request_id, estate.second) == "IN_REVIEW"
    assert estate.agree(request_id, estate.first) == "IN_REVIEW"
    row = estate.row(request_id)
    assert row.second == "AGREED"
    assert servicing.approve_request(
        request_id=request_id, digest=row.digest, **estate.staff()
    ) == "DONE"  # fmt: skip


def test_refuses_who_is_not_asked_a_wrong_code_and_a_signature_without_paper(estate):
    request_id = estate.handed_in()
    stranger = Ref("party", make.party(estate.office, name="路人"))
    for who in (stranger, estate.me, estate.insured):
        with pytest.raises(servicing.RequestNotFound):
            servicing.confirm_as_second_party(request_id=request_id, actor=who, at=NOON)
        with pytest.raises(servicing.RequestNotFound):
            servicing.decline_as_second_party(request_id=request_id, actor=who, at=NOON)
    with pytest.raises(people.CodeRefused):
        servicing.confirm_as_second_party(
            request_id=request_id, code="000000", actor=Ref("party", estate.first), at=NOON
        )
    with pytest.raises(servicing.AgreementUnproved):
        estate.sign(request_id, estate.first, content=b"")
    with pytest.raises(servicing.RequestNotFound):
        estate.sign(request_id, stranger.id)
    elsewhere, other = make.colleague(make.office(), "SERVICING")
    with pytest.raises(NotAllowed):
        estate.sign(request_id, estate.first, access=elsewhere, actor=other)
    assert set(Agreement.objects.values_list("answer", flat=True)) == {"WAITING"}


def test_refuses_heirs_named_wrongly_and_needs_none_where_there_are_none(estate):
    twice = [estate.heir("林大"), estate.heir("林大")]
    own = [{"name": "苏被保", "identity": "", "relation": "CHILD", "party": str(estate.su)}]
    dead = [{"party": str(estate.lin), "relation": "PARENT"}]
    for heirs in (twice, own, dead):
        with pytest.raises(HeirsUnclear):
            estate.ask(heirs=heirs)
    with pytest.raises(servicing.BadForm, match="其他继承人"):
        estate.ask(heirs=[])
    with pytest.raises(servicing.BadForm, match="关系"):
        estate.ask(heirs=[estate.heir("林大") | {"relation": "FRIEND"}])
    request_id = estate.ask(others="NONE", heirs=[])
    assert estate.confirm(request_id, actor=estate.insured) == "IN_REVIEW"
    assert not Agreement.objects.exists()


def test_reminds_every_week_and_brings_a_person_after_thirty_days(estate):
    request_id = estate.handed_in()
    estate.sign(request_id, estate.first)
    asked = Message.objects.filter(template="servicing.heir_asked")
    assert servicing.follow_up_agreements(at=NOON + timedelta(days=6)) == 0
    week = NOON + timedelta(days=7)
    assert servicing.follow_up_agreements(at=week) == 1
    assert servicing.follow_up_agreements(at=week) == 0
    assert asked.count() == 3  # only who has not answered
    assert servicing.follow_up_agreements(at=NOON + timedelta(days=30)) == 1
    row = estate.row(request_id)
    assert (row.state, row.second) == ("IN_REVIEW", "WAITING")
    ended = Event.objects.get(kind="servicing.agreements_ended")
    assert ended.facts["outcome"] == "SILENT"
    assert servicing.follow_up_agreements(at=NOON + timedelta(days=40)) == 0


def test_lets_a_guardian_agree_for_a_child_but_never_the_asker_for_their_own_ward(estate):
    request_id = estate.handed_in()
    aunt = make.party(estate.office, name="林姑姑")
    for guardian in (aunt, estate.su):
        tx.use_case(people.name_guardian)(
            ward_id=estate.first,
            guardian_id=guardian,
            ground="APPOINTED",
            actor=estate.actor,
            at=NOON,
        )
    with pytest.raises(servicing.RequestNotFound):
        servicing.confirm_as_second_party(request_id=request_id, actor=estate.insured, at=NOON)
    estate.agree(request_id, aunt)
    row = Agreement.objects.get(party_id=estate.first)
    assert (row.answer, row.by) == ("AGREED", f"party:{aunt}")


@given(
    asked=st.dates(date(2024, 1, 1), date(2026, 1, 1)),
    gaps=st.lists(st.integers(0, 20), max_size=4), after=st.integers(0, 60),
)  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_nobody_waits_more_than_a_week_unreminded_nor_a_month_without_a_person(asked, gaps, after):
    reminded = [asked + timedelta(days=sum(gaps[: n + 1])) for n in range(len(gaps))]
    on = max([asked, *reminded]) + timedelta(days=after)
    due = due_on(on, asked=asked, reminded=reminded)
    assert (due is Due.PERSON) == ((on - asked).days >= 30)
    assert due is not Due.NOTHING or after < 7


def test_answers_sum_up():
    assert summed_up([]) == ""
    assert summed_up(["AGREED", "WAITING"]) == "WAITING"
    assert summed_up(["WAITING", "DECLINED"]) == "DECLINED"
    assert summed_up(["AGREED"]) == "AGREED"
