"""Everybody who may come to the workbench, and those who may not, at one fixed noon."""

from types import SimpleNamespace

import pytest
import time_machine

from tests import cast, make
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(make.NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people(db):
    make.standards_in_force()
    return cast.assemble()


@pytest.fixture
def desk(people):
    """Staff of the head office by what they do: a ref, a client and a name each."""

    def one(name, *roles, office_id=None, **given):
        staff_id = make.staff(office_id or people.head, *roles, name=name, **given)
        ref = Ref("staff", staff_id)
        return SimpleNamespace(id=staff_id, ref=ref, client=signed_in(ref), name=name)

    return SimpleNamespace(
        editor=one("苏标准", "STANDARDS_EDITOR"),
        second_editor=one("唐复核", "STANDARDS_EDITOR"),
        payer=one("付小燕", "PAYMENTS", amount_limit=1_000_000),
        branch_payer=one("乙付款", "PAYMENTS", office_id=people.branch_b, amount_limit=1_000_000),
        operator=one("云运维", "OPERATOR"),
        lead=one("康主管", "TEAM_LEAD"),
        auditor=one("申审计", "AUDITOR"),
    )


@pytest.fixture
def chen(people):
    return signed_in(people.as_chen)


@pytest.fixture
def others(people, client):
    """Whose door this is not: nobody, staff without any role, a customer, an agent."""
    return SimpleNamespace(
        nobody=client,
        powerless=signed_in(people.as_luo),
        customer=signed_in(people.as_lin),
        agent=signed_in(people.as_wei),
    )


@pytest.fixture
def kept_out(others):
    """Nobody, a customer and an agent are led to the sign-in; staff without the right are refused."""

    def check(url, *, method="get", data=None, anybody=False):
        for stranger in (others.nobody, others.customer, others.agent):
            answer = getattr(stranger, method)(url, data or {})
            assert answer.status_code == 302, url
            assert answer.headers["Location"].startswith("/staff/sign-in"), url
        if not anybody:
            assert getattr(others.powerless, method)(url, data or {}).status_code == 403, url

    return check
