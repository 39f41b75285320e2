"""What a customer may use: by tier, by being a company, by branch; the law's time is everybody's."""

from datetime import date

import pytest

from tests import make
from yilu.contact import queries
from yilu.kernel.refs import Ref
from yilu.standards import operations as standards

EVERYBODY = ["随时报案和查进度", "小额快赔", "视频办理"]

pytestmark = pytest.mark.django_db


def names(party_id):
    return [each.name for each in queries.services_of(party_id, at=make.NOON)]


def test_a_tier_adds_and_takes_nothing_away(django_assert_num_queries):
    make.standards_in_force()
    office = make.office()
    young = make.party(office)
    old = make.party(office, identity_number=make.resident_id(date(1950, 1, 1)))

    assert names(young) == EVERYBODY
    assert names(old) == [*EVERYBODY, "优先接听", "陪同办理"]
    first = queries.services_of(young, at=make.NOON)[0]
    assert (first.way, first.rule) == ("CLAIM", "contact.services v1 #1")
    with django_assert_num_queries(2):
        queries.services_of(old, at=make.NOON)


def test_a_company_has_its_own():
    make.standards_in_force()
    company = make.party(make.office(), kind="ORGANISATION", name="某某有限公司")
    assert names(company) == ["随时报案和查进度", "企业服务"]


def test_a_branchs_own_service_is_for_the_customers_below_it_alone():
    make.standards_in_force()
    here, there = make.office(code="ZJ"), make.office(code="GD")
    below = make.office("SUB_BRANCH", here, code="ZJ-HZ")
    author, publisher = (Ref("staff", make.staff(here)) for _ in range(2))
    standards.make_draft(code="contact.services", actor=author, at=make.NOON)
    revision = standards.add_row(
        code="contact.services", position=99, revision=0, actor=author, at=make.NOON,
        cells={"branch": "ZJ", "name": "台风天上门", "promise": "台风预警期间上门办理", "way": "CALL"},
    )  # fmt: skip
    standards.publish(code="contact.services", revision=revision, actor=publisher, at=make.NOON)

    assert names(make.party(below)) == [*EVERYBODY, "台风天上门"]
    assert names(make.party(there)) == EVERYBODY


def test_nobody_has_nothing():
    make.standards_in_force()
    assert queries.services_of(10**9, at=make.NOON) == ()
