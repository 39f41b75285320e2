"""appoint_agent, let_agent_go, register_provider …"""

import pytest

from tests import cast, make
from tests.make import NOON
from tests.unchanged import nothing_changes
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people
from yilu.people import queries

pytestmark = pytest.mark.django_db


class TestAgents:
    def test_customers_of_one_who_leaves_go_to_the_successor(
        self, cast_, django_assert_num_queries
    ):
        other = make.agent(cast_.branch_a)

        moved = people.let_agent_go(agent_id=cast_.wei, successor_id=other, actor=SYSTEM, at=NOON)

        assert moved == 2
        assert queries.get_party(cast_.lin).agent_id == other
        assert queries.get_agent(cast_.wei).successor_id == other
        facts = Event.objects.get(kind="people.agent_left").facts
        assert facts == {"agent_id": cast_.wei, "successor_id": other, "customers": 2,
                         "left_on": "2026-03-04"}  # fmt: skip
        with pytest.raises(people.AgentNotFound):
            people.let_agent_go(agent_id=cast_.wei, successor_id=None, actor=SYSTEM, at=NOON)

    def test_the_phone_of_one_who_left_may_be_used_again(self, cast_):
        people.let_agent_go(agent_id=cast_.wei, successor_id=None, actor=SYSTEM, at=NOON)

        again = make.agent(cast_.branch_a, phone=cast.WEI_PHONE)
        assert people.request_code(phone=cast.WEI_PHONE, audience="agent", at=NOON).to.id == again

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"phone": cast.WEI_PHONE}, people.AgentKnownAlready),
            ({"phone": "021-62345678"}, people.BadAgent),
            ({"phone": "1"}, people.BadAgent),
            ({"name": ""}, people.BadAgent),
            ({"code": "编号"}, people.BadAgent),
            ({"office_id": 999_999}, people.BadAgent),
            ({"firm": "江城银行"}, people.BadAgent),
            ({"firm_kind": "ANCILLARY"}, people.BadAgent),
            ({"firm": "江城银行", "firm_kind": "BANK"}, people.BadAgent),
            ({"firm": "行" * 61, "firm_kind": "ANCILLARY"}, people.BadAgent),
        ],
    )
    def test_appoint_agent_refuses_what_cannot_be_right(self, cast_, wrong, refusal):
        with nothing_changes(), pytest.raises(refusal):
            make.agent(**{"office_id": cast_.branch_a, **wrong})


class TestProviders:
    def test_is_known_by_its_token_until_it_is_renewed(self, office):
        keys = make.provider(office)

        assert queries.find_provider_by_token(keys.token).id == keys.provider_id
        assert queries.get_hook_secret(keys.provider_id) == keys.hook_secret
        new = people.renew_provider_keys(provider_id=keys.provider_id, actor=SYSTEM, at=NOON)
        assert queries.find_provider_by_token(keys.token) is None
        assert queries.find_provider_by_token(new.token).id == keys.provider_id
        assert keys.token not in repr(keys)

    def test_register_provider_refuses_a_known_code_and_bad_particulars(self, office):
        make.provider(office, code="H1")

        with pytest.raises(people.ProviderKnownAlready):
            make.provider(office, code="h1")
        with nothing_changes():
            for wrong in (
                {"kind": "BAKERY"}, {"name": ""}, {"name": "120"}, {"name": "<b>医院"},
                {"name": "医" * 81}, {"code": " "}, {"office_id": 999_999},
            ):  # fmt: skip
                with pytest.raises(people.BadProvider):
                    make.provider(**{"office_id": office, **wrong})
