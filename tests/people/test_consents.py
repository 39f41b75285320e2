"""Consents: given, taken back, and those that stand by themselves (accounts, recordings, children) …"""

import pytest

from tests import cast, make
from tests.make import NOON
from yilu.journal.models import Event
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.models import Consent

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


class TestConsents:
    def give(self, party, purpose="HEALTH_DATA", **given):
        told = {"text_version": queries.consent_text(purpose).version, "channel": "APP"}
        people.give_consent(
            party_id=party, purpose=purpose, **{**told, **given}, actor=SYSTEM, at=NOON
        )

    def test_stands_from_giving_to_withdrawing_and_each_is_recorded_once(self, cast_):
        for _ in range(2):
            self.give(cast_.lin)
        assert queries.has_consent(cast_.lin, "HEALTH_DATA")
        assert not queries.has_consent(cast_.lin, "MARKETING")
        assert not queries.has_consent(cast_.zhou, "HEALTH_DATA")

        for _ in range(2):
            people.withdraw_consent(
                party_id=cast_.lin, purpose="HEALTH_DATA", actor=cast_.as_lin, at=NOON
            )
        assert not queries.has_consent(cast_.lin, "HEALTH_DATA")
        kinds = Event.objects.filter(kind__startswith="people.consent").order_by("id")
        assert [e.kind for e in kinds] == ["people.consent_given", "people.consent_withdrawn"]

    def test_may_be_given_again_and_the_history_stays(self, cast_):
        self.give(cast_.lin)
        people.withdraw_consent(party_id=cast_.lin, purpose="HEALTH_DATA", actor=SYSTEM, at=NOON)
        self.give(cast_.lin)

        assert [c.withdrawn_at is None for c in queries.list_consents(cast_.lin)] == [True, False]

    def test_is_refused_under_an_older_text_an_unknown_purpose_or_for_nobody(self, cast_):
        with pytest.raises(people.ConsentTextChanged):
            self.give(cast_.lin, text_version="1999-01")
        with pytest.raises(people.BadConsent):
            self.give(cast_.lin, channel="PIGEON")
        with pytest.raises(people.BadConsent):
            people.give_consent(
                party_id=cast_.lin,
                purpose="ALL",
                text_version="1",
                channel="APP",
                actor=SYSTEM,
                at=NOON,
            )
        with pytest.raises(queries.PartyNotFound):
            self.give(999_999)
        assert not Consent.objects.exists()

    def test_every_purpose_has_its_words(self):
        for purpose in Consent.Purpose.values:
            text = queries.consent_text(purpose)
            assert text.version
            assert len(text.body) > 40
        assert queries.consent_text("HEALTH_DATA").separate
        with pytest.raises(NotFound):
            queries.consent_text("ALL")


class TestSeparateConsents:
    """Accounts, recordings and children (个保法 28, 29, 31)."""

    def add(self, party, actor, **given):
        told = {"bank_code": "ICBC", "number": make.card_number(), "holder_name": cast.LIN_NAME}
        return people.add_account(party_id=party, **told, **given, actor=actor, at=NOON)

    def test_an_account_comes_with_the_consent_or_not_at_all(self, cast_):
        version = queries.consent_text("FINANCIAL").version
        for actor in (cast_.as_lin, cast_.as_chen):
            with pytest.raises(people.AccountConsentMissing):
                self.add(cast_.lin, actor)
        with pytest.raises(people.ConsentTextChanged):
            self.add(cast_.lin, cast_.as_lin, agreed="1999-01")
        with pytest.raises(people.BadAccount):
            people.add_account(
                party_id=cast_.lin, bank_code="ICBC", number="1", holder_name=cast.LIN_NAME,
                agreed=version, actor=cast_.as_lin, at=NOON,
            )  # fmt: skip
        assert not Consent.objects.exists()  # what is refused leaves nothing, the consent included

        first = self.add(cast_.lin, cast_.as_lin, agreed=version)
        second = self.add(cast_.lin, cast_.as_chen)
        assert {a.id for a in queries.list_accounts(cast_.lin)} == {first, second}

    def test_taken_back_it_closes_every_account_once(self, cast_):
        make.consent(cast_.lin, "FINANCIAL")
        mine = [self.add(cast_.lin, cast_.as_lin) for _ in range(2)]
        other = make.account(cast_.zhou)
        for _ in range(2):
            people.withdraw_consent(
                party_id=cast_.lin, purpose="FINANCIAL", actor=cast_.as_lin, at=NOON
            )

        assert queries.list_accounts(cast_.lin) == []
        assert [a.id for a in queries.list_accounts(cast_.zhou)] == [other]
        closed = Event.objects.filter(kind="people.account_closed")
        assert sorted(e.facts["account_id"] for e in closed) == mine
        with pytest.raises(people.AccountConsentMissing):
            self.add(cast_.lin, cast_.as_lin)

    def child(self, years):
        born = TODAY.replace(year=TODAY.year - years)
        return make.party(make.office(), identity_number=make.resident_id(born))

    def test_a_parent_agrees_for_a_child_until_it_is_fourteen(self, cast_):
        parent, other = self.child(40), self.child(40)
        young, old = self.child(13), self.child(14)
        assert [queries.child_agreed(p, TODAY) for p in (young, old, parent)] == [False, True, True]

        make.consent(young, "CHILD_DATA", given_by=parent)
        assert queries.child_agreed(young, TODAY)
        assert [child for child, _at in queries.agreed_for_children(parent)] == [young]
        for child, giver in ((old, parent), (young, None), (young, young), (young, old)):
            with pytest.raises(people.NotTheirChild):
                make.consent(child, "CHILD_DATA", given_by=giver)
        with pytest.raises(people.BadConsent):
            make.consent(parent, "MARKETING", given_by=other)

    def test_who_gave_it_takes_it_back_and_no_stranger(self, cast_):
        parent, child = self.child(40), self.child(5)
        make.consent(child, "CHILD_DATA", given_by=parent)
        told = {"party_id": child, "purpose": "CHILD_DATA", "at": NOON}

        with pytest.raises(queries.PartyNotFound):
            people.withdraw_consent(**told, actor=cast_.as_zhou)
        assert queries.child_agreed(child, TODAY)
        people.withdraw_consent(**told, actor=Ref("party", parent))
        assert not queries.child_agreed(child, TODAY)
        assert queries.agreed_for_children(parent) == []
