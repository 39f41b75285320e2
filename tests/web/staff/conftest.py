"""Everybody who may come to the workbench, and those who may not, at one fixed noon."""

from functools import cached_property
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


class Desk:
    """Staff of the head office by what they do, each a ref, a client and a name; hired when first named."""

    def __init__(self, people):
        self._people = people

    def _one(self, name, *roles, office_id=None, **given):
        staff_id = make.staff(office_id or self._people.head, *roles, name=name, **given)
        ref = Ref("staff", staff_id)
        return SimpleNamespace(id=staff_id, ref=ref, client=signed_in(ref), name=name)

    @cached_property
    def editor(self):
        return self._one("苏标准", "STANDARDS_EDITOR")

    @cached_property
    def second_editor(self):
        return self._one("唐复核", "STANDARDS_EDITOR")

    @cached_property
    def payer(self):
        return self._one("付小燕", "PAYMENTS", amount_limit=1_000_000)

    @cached_property
    def branch_payer(self):
        branch_b = self._people.branch_b
        return self._one("乙付款", "PAYMENTS", office_id=branch_b, amount_limit=1_000_000)

    @cached_property
    def operator(self):
        return self._one("云运维", "OPERATOR")

    @cached_property
    def lead(self):
        return self._one("康主管", "TEAM_LEAD")

    @cached_property
    def auditor(self):
        return self._one("申审计", "AUDITOR")


@pytest.fixture
def desk(people):
    return Desk(people)


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
