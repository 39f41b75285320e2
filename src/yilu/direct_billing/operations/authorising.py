"""The patient's agreement with one provider: given on the phone, taken back any time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError

from yilu.direct_billing import events
from yilu.direct_billing.models import Authorisation, Partner
from yilu.direct_billing.rules.words import TEXT_VERSION
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people

from .refusals import ConsentText, HealthConsentMissing, NotAPartner

CONSENTS = ("HEALTH_DATA", "MEDICAL_DATA_FETCH")


@tx.use_case
def authorise(
    *, partner_id: int, text_version: str, channel: str = "APP", actor: Ref, at: datetime
) -> int:
    """
    A patient agrees to direct billing with one partner (直付授权); the record's id. Twice is once.

    The separate consents for health data and for fetching papers are given before, each by itself.

    :raises NotAPartner: none, or it rests. :raises ConsentText: another text is in force.
    :raises HealthConsentMissing: a separate consent is missing.
    """
    if text_version != TEXT_VERSION:
        raise ConsentText
    if actor.kind != "party" or not Partner.objects.filter(pk=partner_id, active=True).exists():
        raise NotAPartner
    if not all(people.has_consent(actor.id, purpose) for purpose in CONSENTS):
        raise HealthConsentMissing
    try:
        with tx.savepoint():
            given = Authorisation.objects.create(
                partner_id=partner_id, party_id=actor.id, text_version=text_version,
                channel=channel[:12], given_at=at,
            )  # fmt: skip
    except IntegrityError:
        return Authorisation.objects.get(
            partner_id=partner_id, party_id=actor.id, withdrawn_at=None
        ).pk
    journal.record(
        events.Authorised(
            authorisation_id=given.pk, partner_id=partner_id, text_version=text_version
        ),
        about=Ref("party", actor.id), actor=actor, at=at, party=actor.id,
    )  # fmt: skip
    return given.pk


@tx.use_case
def authorise_group(
    *, partner_id: int, party_ids: Sequence[int], text_version: str, actor: Ref, at: datetime
) -> int:
    """
    ``authorise`` of the members of a group whose signed forms (团体授权书) were handed in; how many
    had not agreed before. All or none: a member without the separate consents stops it.

    :raises NotAPartner, ConsentText, HealthConsentMissing: as there.
    """
    if text_version != TEXT_VERSION:
        raise ConsentText
    if not Partner.objects.filter(pk=partner_id, active=True).exists():
        raise NotAPartner
    wanted = sorted(set(party_ids))
    if any(len(people.who_agreed(wanted, purpose)) < len(wanted) for purpose in CONSENTS):
        raise HealthConsentMissing
    added = tx.rows(
        """
        insert into direct_billing_authorisation (partner_id, party_id, text_version, channel, given_at)
        select %s::bigint, party, %s, 'PAPER', %s::timestamptz from unnest(%s::bigint[]) as party
            on conflict do nothing
        returning id, party_id
        """,
        [partner_id, text_version, at, wanted],
    )
    for authorisation_id, party_id in added:
        journal.record(
            events.Authorised(
                authorisation_id=authorisation_id, partner_id=partner_id, text_version=text_version
            ),
            about=Ref("party", party_id), actor=actor, at=at, party=party_id,
        )  # fmt: skip
    return len(added)


@tx.use_case
def withdraw(*, authorisation_id: int, actor: Ref, at: datetime) -> None:
    """
    Take the agreement back: the provider learns nothing more. What is under way goes on. Twice is once.

    :raises NotAPartner: not theirs.
    """
    mine = Authorisation.objects.select_for_update().filter(pk=authorisation_id).first()
    if mine is None or actor != Ref("party", mine.party_id):
        raise NotAPartner
    if mine.withdrawn_at is not None:
        return
    Authorisation.objects.filter(pk=mine.pk).update(withdrawn_at=at)
    journal.record(
        events.AuthorisationWithdrawn(authorisation_id=mine.pk),
        about=Ref("party", actor.id), actor=actor, at=at, party=actor.id,
    )  # fmt: skip


@tx.step
def end_without_consent(party_id: int, *, at: datetime) -> int:
    """
    A separate consent that every authorisation rests on was taken back: none stands any longer.

    How many ended. What is under way goes on, as with ``withdraw``. Twice is once.
    """
    if all(people.has_consent(party_id, purpose) for purpose in CONSENTS):
        return 0  # given again before we came to it
    ended = tx.rows(
        """
        update direct_billing_authorisation set withdrawn_at = %s::timestamptz
         where party_id = %s::bigint and withdrawn_at is null
        returning id
        """,
        [at, party_id],
    )
    for (authorisation_id,) in ended:
        journal.record(
            events.AuthorisationWithdrawn(authorisation_id=authorisation_id),
            about=Ref("party", party_id), actor=Ref("party", party_id), at=at, party=party_id,
        )  # fmt: skip
    return len(ended)
