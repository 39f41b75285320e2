"""match_people finds whoever a list means, for those who may look, and leaves a record."""

from datetime import date

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people.models import SearchKey
from yilu.people.queries import NotAFragment, Sought, identity_pattern, phone_pattern
from yilu.people.rules import matching, names

ABOUT = Ref("casualty_list", 1)
TODAY = NOON.date()


def find(access, actor, *sought):
    return tx.use_case(people.match_people)(
        sought=sought, about=ABOUT, reason="DISASTER", access=access, actor=actor, at=NOON
    )


def somebody(name="王晓明", **told):
    return Sought(**{"name": name, "as_of": TODAY, **told})


@pytest.fixture
def head(db):
    return make.head_office()


@pytest.fixture
def lead(head):
    return make.colleague(head, "SERVICE_MANAGER")


@pytest.fixture
def xiaoming(head):
    number = make.resident_id(date(1985, 6, 15), "MALE", "33")
    return make.party(head, name="王晓明", identity_number=number, phone="13800001234"), number


class TestMatchPeople:
    @pytest.mark.parametrize("written", ["王晓明", "王小名", "王曉明", "汪晓明", "王晓鸣"])
    def test_finds_a_name_by_sound_and_writing_with_a_birth_date(self, lead, xiaoming, written):
        [found] = find(*lead, somebody(written, birth_date=date(1985, 6, 15)))

        assert [each.party_id for each in found] == [xiaoming[0]]
        assert "BIRTH_SAME" in found[0].agreement.reasons

    def test_says_why_a_homophone_with_the_birth_date_is_near_certain(self, lead, xiaoming):
        [[found]] = find(*lead, somebody("王小名", birth_date=date(1985, 6, 15), sex="MALE"))

        assert found.agreement.reasons == ("NAME_SOUND", "BIRTH_SAME", "SEX_SAME")

    @pytest.mark.parametrize(
        "mask",
        [
            lambda n: n[:14] + "****",
            lambda n: n[:6] + "********" + n[14:],
            lambda n: "*" * 6 + n[6:],
        ],
    )
    def test_finds_fragments_of_the_identity_number(self, lead, xiaoming, mask):
        [found] = find(*lead, somebody("王小明", identity=identity_pattern(mask(xiaoming[1]))))

        assert found[0].party_id == xiaoming[0]
        assert found[0].agreement.certain

    def test_finds_a_masked_phone_though_the_name_is_unreadable(self, lead, xiaoming):
        [found] = find(*lead, somebody("无名氏", phone=phone_pattern("138****1234")))

        assert found == []  # a telephone alone is not even a lead …
        [found] = find(*lead, somebody("王某明", phone=phone_pattern("138****1234")))
        assert found[0].party_id == xiaoming[0]
        assert not found[0].agreement.certain

    def test_a_name_alone_is_a_lead_and_never_certain(self, lead, head, xiaoming):
        make.party(head, name="王晓明")

        [found] = find(*lead, somebody())

        assert len(found) == 2
        assert not any(each.agreement.certain for each in found)

    def test_puts_the_right_namesake_first(self, lead, head, xiaoming):
        for year in range(1960, 1980):
            make.party(head, name="王晓明", identity_number=make.resident_id(date(year, 1, 1)))

        [found] = find(*lead, somebody(age=40, sex="MALE"))

        assert found[0].party_id == xiaoming[0]

    def test_takes_a_fixed_number_of_statements_however_many_are_sought(
        self, lead, xiaoming, django_assert_num_queries
    ):
        people_sought = [somebody(birth_date=date(1985, 6, n + 1)) for n in range(20)]
        with django_assert_num_queries(5):  # savepoint, setting, search, event, release
            find(*lead, *people_sought)

    def test_refuses_staff_without_the_right_and_records_nothing(self, head, xiaoming):
        before = Event.objects.count()
        colleague = make.colleague(head, "ASSESSOR")
        counted = Event.objects.count()

        with pytest.raises(NotAllowed):
            find(*colleague, somebody())

        assert Event.objects.count() == counted >= before

    def test_looks_only_where_the_right_is_held(self, head, xiaoming):
        elsewhere = make.colleague(make.office(), "SERVICE_MANAGER")

        assert find(*elsewhere, somebody(birth_date=date(1985, 6, 15))) == [[]]

    def test_records_who_looked_and_no_name(self, lead, xiaoming):
        find(*lead, somebody(birth_date=date(1985, 6, 15)), somebody("周无此"))

        event = Event.objects.get(kind="people.people_matched")
        assert event.facts == {"reason": "DISASTER", "sought": 2, "found": 1, "offices": 1}
        assert event.actor == str(lead[1])


class TestSearchKeys:
    def test_hold_no_number(self, xiaoming):
        with connection.cursor() as cursor:
            cursor.execute("select k::text from people_searchkey k")
            [(row,)] = cursor.fetchall()

        number = xiaoming[1]
        for private in (number, number[:14], number[6:14], number[14:], "13800001234"):
            assert private not in row

    def test_follow_a_change_of_name_and_number(self, lead, head, xiaoming):
        number = make.resident_id(date(1990, 2, 3))
        people.change_party(
            party_id=xiaoming[0], changes={"name": "赵子龙", "identity_number": number},
            actor=SYSTEM, at=NOON,
        )  # fmt: skip

        old, new = find(
            *lead,
            somebody(birth_date=date(1985, 6, 15)),
            somebody("赵紫龙", identity=identity_pattern(number[:14] + "****")),
        )
        assert (old, [each.party_id for each in new]) == ([], [xiaoming[0]])

    def test_go_when_somebody_is_erased(self, xiaoming):
        make.erased(xiaoming[0])

        assert not SearchKey.objects.exists()

    def test_are_made_where_missing_or_outdated_and_once(self, lead, head, xiaoming):
        make.party(head, name="李四光")
        SearchKey.objects.filter(party_id=xiaoming[0]).delete()
        SearchKey.objects.update(edition="0:00")

        last = people.build_search_keys()

        assert people.build_search_keys(after=last) == 0
        assert people.build_search_keys() == 0
        [found] = find(*lead, somebody(birth_date=date(1985, 6, 15)))
        assert found[0].party_id == xiaoming[0]

    def test_an_organisation_has_none(self, head):
        make.party(head, kind="ORGANISATION", name="钱塘船厂")

        assert not SearchKey.objects.exists()


class TestNames:
    def test_surnames_sound_as_surnames(self):
        assert names.syllables("单雄信")[0] == "shan"
        assert names.syllables("曾国藩")[0] == "zeng"
        assert names.syllables("尉迟恭")[:2] == ("yu", "chi")

    @pytest.mark.parametrize(
        ("told", "known", "like"),
        [
            ("张伟", "张伟", "SAME"), ("張偉", "张伟", "VARIANT"), ("闫妮", "阎妮", "VARIANT"),
            ("章玮", "张伟", "SOUND"), ("臧伟", "张伟", "NEAR_SOUND"), ("李未", "李末", "SHAPE"),
            ("陈大文", "陈文", "ONE_OFF"), ("陈大文", "陈小文", "ONE_OFF"), ("陈大文", "林小武", ""),
            ("阿卜杜拉·买买提", "阿卜杜拉买买提", "SAME"), ("", "张伟", ""),
        ],
    )  # fmt: skip
    def test_compare_by_writing_sound_and_shape(self, told, known, like):
        assert names.likeness(told, known) == like

    @given(st.text(alphabet="王李张伟敏静末未zhangA·", min_size=0, max_size=6))
    def test_every_name_is_like_itself(self, name):
        assert names.likeness(name, name) == ("SAME" if names.written(name) else "")
        assert not names.written(name) or names.sound(name) in names.sounds_to_try(name)


class TestPatterns:
    @pytest.mark.parametrize(
        ("text", "pattern"),
        [
            ("33010619850615xxxx", "33010619850615****"), ("330106****123X", "330106********123X"),
            ("３３０１０６　********1234", "330106********1234"), ("123X", "*" * 14 + "123X"),
            ("330106850615123", "33010619850615123"), ("", ""), ("33010619850615", "33010619850615****"),
        ],
    )  # fmt: skip
    def test_identity_numbers_in_every_mask(self, text, pattern):
        assert identity_pattern(text).startswith(pattern)

    @pytest.mark.parametrize("text", ["3301", "12", "张三", "3301*1985*1234*99999999999", "+-="])
    def test_what_cannot_be_one_is_refused(self, text):
        if text == "3301":
            assert identity_pattern(text) == "*" * 14 + "3301"
        else:
            with pytest.raises(NotAFragment):
                identity_pattern(text)

    def test_phones(self):
        assert phone_pattern("+86 138-0000-1234") == "13800001234"
        assert phone_pattern("138xxxx1234") == "138****1234"
        assert phone_pattern("1234") == "*******1234"
        with pytest.raises(NotAFragment):
            phone_pattern("0571-8888")

    @settings(max_examples=60)
    @given(st.sets(st.integers(0, 17)))
    def test_a_mask_of_a_number_never_contradicts_it(self, hidden):
        number = "330106198506151239"
        masked = "".join("*" if n in hidden else c for n, c in enumerate(number))
        known = matching.Known(
            name="王", sex=None, birth_date=date(1985, 6, 15), identity=number, phone=""
        )
        sought = Sought(name="王", as_of=TODAY, identity=masked)
        assert "ID_DIFFERS" not in matching.agree(sought, known).reasons
