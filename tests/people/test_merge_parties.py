"""merge_parties …"""

import pytest

from tests import make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people import queries

pytestmark = pytest.mark.django_db


class TestMergeParties:
    def test_makes_two_records_answer_as_one(self, cast_):
        double = people.register_party(
            name="林 女士", office_id=cast_.branch_a, phone="13911112222", actor=SYSTEM, at=NOON
        )
        account = make.account(double)
        for _ in range(2):
            people.merge_parties(
                party_id=double, into_party_id=cast_.lin, actor=cast_.as_chen, at=NOON
            )

        assert queries.get_party(double).id == cast_.lin
        assert queries.get_payable_account(cast_.lin, account).party_id == cast_.lin
        assert queries.find_signed_in(Ref("party", double)) is None
        assert Event.objects.filter(kind="people.parties_merged").count() == 1

    @pytest.mark.parametrize("into", ["lin_junior", "zhou"])
    def test_refuses_two_different_people(self, cast_, into):
        with pytest.raises(people.NotTheSamePerson):
            people.merge_parties(
                party_id=cast_.lin, into_party_id=getattr(cast_, into), actor=SYSTEM, at=NOON
            )

    def test_refuses_oneself_and_nobody(self, cast_):
        for into in (cast_.lin, 999_999):
            with pytest.raises(queries.PartyNotFound):
                people.merge_parties(party_id=cast_.lin, into_party_id=into, actor=SYSTEM, at=NOON)
