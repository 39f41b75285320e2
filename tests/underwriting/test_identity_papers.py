"""An identity card handed in is read and held against the application; what differs is a person's (A20)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.documents.papers import picture
from tests.underwriting.story import Story, insurer
from tests.web.signing import signed_in
from yilu.journal.models import Event
from yilu.people import queries as persons
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.underwriting.rules.identity_paper import Compared, Doubt, Side, Standing, compare
from yilu.work.models import Item

ON = date(2026, 11, 18)
MINE, OTHER = "110101199003072543", "11010119900307217X"


def front(number=MINE, same=True, **more):
    return Side(True, "林", same, number, **more)


BACK = Side(True, valid_to=date(2035, 1, 1))


@pytest.mark.parametrize(
    ("sides", "standing", "doubts"),
    [
        ((front(),), Standing.MATCHED, ()),
        ((front(), BACK), Standing.MATCHED, ()),
        ((BACK,), Standing.UNREAD, (Doubt.UNREAD,)),
        ((), Standing.UNREAD, (Doubt.UNREAD,)),
        ((front(), Side(read=False)), Standing.READING, ()),
        ((front(same=False),), Standing.DIFFERS, (Doubt.NAME,)),
        ((front(number=OTHER),), Standing.DIFFERS, (Doubt.NUMBER,)),
        ((front(number=""),), Standing.DIFFERS, (Doubt.NUMBER,)),
        ((front(), Side(True, valid_to=date(2026, 11, 17))), Standing.DIFFERS, (Doubt.EXPIRED,)),
        ((front(valid_to=ON),), Standing.MATCHED, ()),  # its last day
        ((front(same=False, number=OTHER), front()), Standing.MATCHED, ()),  # a better photo
        ((front(), front(number=OTHER)), Standing.DIFFERS, (Doubt.NUMBER,)),
    ],
)  # fmt: skip
def test_what_a_card_says_is_held_against_the_person(sides, standing, doubts):
    assert compare(sides, number=MINE, on=ON) == Compared(standing, doubts)


def test_the_letter_of_a_check_digit_may_be_small():
    assert compare([front(number=OTHER.lower())], number=OTHER, on=ON).standing is Standing.MATCHED


some = st.builds(
    Side, st.booleans(), st.sampled_from(["", "林"]), st.booleans(), st.sampled_from(["", MINE, OTHER]),
    st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)  # fmt: skip


@given(st.lists(some, max_size=4))
def test_a_card_matches_without_any_doubt_or_has_one_to_tell(sides):
    found = compare(sides, number=MINE, on=ON)
    assert bool(found.doubts) == (found.standing in {Standing.DIFFERS, Standing.UNREAD})
    assert len(found.words) == len(found.doubts)
    if found.standing is Standing.MATCHED:
        assert any(side.number == MINE and side.same_name for side in sides)


@pytest.fixture
def office(db):
    return insurer()


@pytest.fixture
def asked(office):
    """The register did not bear the name out: the holder's card is asked for."""
    story = Story(office)
    story.planned().declared().afforded().confirmed().signed()
    assert story.do(underwriting.submit).state == "EXAMINATION"
    return story


def bring(story, text="id"):
    story.do(
        underwriting.hand_in_paper, paper="HOLDER_ID", filename=f"{text}.png",
        content=picture(text=text),
    )  # fmt: skip


def told():
    kinds = Event.objects.filter(kind="underwriting.identity_paper_compared").order_by("id")
    return [(e.facts["standing"], e.facts["doubts"]) for e in kinds]


class TestReading:
    @pytest.mark.parametrize(
        ("said", "doubt", "words"),
        [
            ({"name": "林另外"}, "NAME", "姓名与投保申请不一致"),
            ({"identity_number": OTHER}, "NUMBER", "证件号码与投保申请不一致"),
            ({"valid_to": "2020-01-01"}, "EXPIRED", "有效期已过"),
            ({"name": "", "identity_number": ""}, "UNREAD", "没有读到姓名和证件号码"),
        ],
    )
    def test_a_difference_goes_to_a_person_with_its_reason(self, asked, said, doubt, words):
        bring(asked)
        asked.read_card(**said)

        row = asked.row
        assert (row.state, row.decision.outcome) == ("REFERRED", "REFER")
        assert words in row.decision.reasons[-1]["in_words"]
        assert told() == [("UNREAD" if doubt == "UNREAD" else "DIFFERS", [doubt])]
        assert Item.objects.filter(queue_id="underwriting.review", state="OPEN").count() == 1
        assert OTHER not in str(list(Event.objects.values_list("facts", flat=True)))

    def test_a_better_photo_counts_and_the_underwriter_sees_both(self, office, asked):
        bring(asked)
        asked.read_card(name="林另外")
        _access, actor = make.colleague(office, "UNDERWRITER")
        desk = signed_in(actor)

        def seen():
            return desk.get(f"/staff/underwriting/{asked.id}").content.decode()

        assert "证件照片上的姓名与投保申请不一致" in seen()
        bring(asked, "sharper")
        assert "正在识别" in seen()
        asked.read_card()
        assert told()[-1] == ("MATCHED", [])
        assert asked.row.state == "REFERRED"  # it is a person's now
        assert "识别结果与投保申请一致" in seen()

    def test_of_two_files_the_last_one_read_lets_it_go_on(self, asked):
        bring(asked, "front")
        bring(asked, "back")
        asked.read_card()
        assert told() == [("MATCHED", [])] * 2
        assert asked.row.state == "AWAITING_PAYMENT"

    def test_it_is_not_submitted_before_a_card_is_read(self, office):
        story = Story(office)
        story.planned()
        bring(story)
        story.declared().afforded().confirmed().signed()
        version = story.row.version
        with pytest.raises(underwriting.PaperBeingRead):
            story.do(underwriting.submit)
        assert (story.row.state, story.row.version) == ("DRAFT", version)
        story.read_card()
        assert story.do(underwriting.submit).outcome == "ACCEPT"

    def test_nobody_has_to_wait_where_the_register_bore_it_out(self, office):
        story = Story(office).planned()
        bring(story)
        story.identified().declared().afforded().confirmed().signed()
        assert story.do(underwriting.submit).outcome == "ACCEPT"

    def test_the_customer_reads_what_differs_and_what_to_do(self, asked):
        view = queries.get_for_party(asked.id, asked.holder_id)
        assert [need.compared for need in view.papers if need.code == "HOLDER_ID"] == [None]
        bring(asked)
        asked.read_card(name="林另外")
        page = signed_in(asked.me).get(f"/c/applications/{asked.id}").content.decode()
        assert "证件照片上的姓名与投保申请不一致" in page
        assert persons.get_identity(asked.holder_id).number not in page
