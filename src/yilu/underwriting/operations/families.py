"""Insure several people in one go (一张投保单多名被保险人): begin, gather, say once what holds for all, hand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.underwriting import events
from yilu.underwriting.models import Application, FamilyApplication, Signature
from yilu.underwriting.queries.families import costs_of, family_shown
from yilu.underwriting.queries.riders import notices_in
from yilu.underwriting.rules.lifecycle import Action
from yilu.underwriting.rules.shown import text_digest
from yilu.underwriting.rules.suitability import Assessment, Finances

from .declaring import assessed_together, keep_assessment, keep_confirmations
from .family_paying import ask_premiums
from .filling import insure
from .holding import hold, hold_family, members_of, write
from .naming import register_named
from .pricing import require_plan
from .refusals import (
    ChangedWhileSigning,
    FamilyEmpty,
    FamilyFull,
    FamilyHandedIn,
    MeansUnknown,
    NoticeChanged,
    Unsigned,
)
from .signing import count_try, send_code, take_code
from .starting import begin
from .submitting import decide_first

PEOPLE_MAX = 10
PURPOSE = "APPLICATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Somebody of the holder's family: what they are to the holder, and who they are."""

    relation: str
    name: str = ""
    identity_number: str = ""
    phone: str = ""


@tx.use_case
def start_family(
    *, application_id: int, actor: Ref, at: datetime, access: people.Access | None = None
) -> int:
    """
    Make an application that is being filled in the first of a family application; the family's id.

    Twice is once. :raises ApplicationNotFound: not theirs. :raises NotPossibleNow: submitted already.
    """
    application = hold(application_id, actor=actor, access=access)
    if application.family_id is not None:
        return int(application.family_id)
    made = tx.rows(
        _INSERT,
        {
            "at": at, "holder": application.holder_id, "office": application.office_id,
            "agent": application.agent_id, "channel": application.channel,
        },
    )  # fmt: skip
    family_id = int(made[0][0])
    write(application, at, family_id=family_id)
    fact = events.FamilyStarted(application_id=application.pk, office_id=application.office_id)
    about = Ref("family_application", family_id)
    journal.record(fact, about=about, actor=actor, at=at, party=application.holder_id)
    return family_id


_INSERT = """
    insert into underwriting_familyapplication (
        id, number, holder_id, office_id, agent_id, channel, begin_together, pay_together, collections,
        started_at)
    select id, 'J' || to_char(%(at)s::timestamptz at time zone 'Asia/Shanghai', 'YYYYMMDD')
               || lpad(id::text, 8, '0'),
           %(holder)s::bigint, %(office)s::bigint, %(agent)s::bigint, %(channel)s, false, true, 0,
           %(at)s::timestamptz
      from (select nextval(pg_get_serial_sequence('underwriting_familyapplication', 'id')) as id) as next
    returning id
"""


@tx.use_case
def add_to_family(
    *, family_id: int, product_code: str, kin: Kin, request_key: str, actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> int:  # fmt: skip
    """
    Gather one more insured with an application of their own; its id. The same key again is the same one.

    :raises FamilyHandedIn: too late. :raises FamilyFull: ten is the most. :raises AlreadyInFamily: the
        same person twice. :raises BadInsured: no insurable interest, or an age that does not fit.
    :raises AlreadyRegistered, BadParticulars: name and number do not belong together.
    """
    family = _filling(family_id, actor, access)
    if members_of(family.pk).count() >= PEOPLE_MAX:
        raise FamilyFull
    holder = people.get_party(family.holder_id)
    application_id, fresh = begin(
        holder, product_code=product_code, channel=family.channel, request_key=request_key,
        agent_id=family.agent_id, actor=actor, at=at,
    )  # fmt: skip
    if not fresh:
        return application_id
    application = hold(application_id, actor=actor, access=access)
    insured_id = family.holder_id
    if kin.relation != "SELF":
        insured_id = register_named(
            application, name=kin.name, identity_number=kin.identity_number, phone=kin.phone,
            actor=actor, at=at,
        )  # fmt: skip
    application.family_id = family.pk
    insure(
        application, insured_id=insured_id, relation=kin.relation, actor=actor, at=at, access=access
    )
    draft = {**application.draft, "people": {"said": True}}
    write(application, at, family_id=family.pk, draft=draft)
    return application_id


@tx.use_case
def set_family_wishes(
    *, family_id: int, begin_together: bool, pay_together: bool, actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> None:  # fmt: skip
    """
    Say whether all begin only together, and whether it is paid in one; both are signed with the whole.

    :raises FamilyHandedIn: too late; ``stop_waiting`` is what is left.
    """
    family = _filling(family_id, actor, access)
    family.begin_together, family.pay_together = begin_together, pay_together
    family.save(update_fields=["begin_together", "pay_together"])


@tx.use_case
def tell_family_means(
    *, family_id: int, finances: Finances, actor: Ref, at: datetime, statement: bool = False,
    access: people.Access | None = None,
) -> Assessment:  # fmt: skip
    """
    Hold what all the applications cost together against the holder's means, once (适当性办法 17).

    It holds for these people and plans: another plan, one more or one less, and it is asked again.

    :raises PlanMissing: somebody has no plan yet. :raises MeansUnknown: without income and budget.
    :raises ForTheCustomer: an agent's hand.
    """
    members = _members(_filling(family_id, actor, access, own=True))
    for each in members:
        require_plan(each)
    found, costs = assessed_together(members, finances, day_of(at)), costs_of(members)
    for each in members:
        keep_assessment(
            each, finances, found, statement=statement, actor=actor, at=at, together=costs
        )
    return found


@tx.use_case
def confirm_family_notices(
    *, family_id: int, confirmed: Sequence[str], actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> int:  # fmt: skip
    """
    Confirm clauses for everybody they are about: digests of the words on the screen (保险法 17).

    Each application keeps its own confirmations. Returns how many different clauses are still open.

    :raises NoticeChanged: other words than today's. :raises ForTheCustomer: an agent's hand.
    """
    members = _members(_filling(family_id, actor, access, own=True))
    told = {each.pk: [(n.code, text_digest(n.text)) for n in notices_in(each)] for each in members}
    if not set(confirmed) <= {digest for rows in told.values() for _code, digest in rows}:
        raise NoticeChanged
    left: set[str] = set()
    for each in members:
        keep_confirmations(
            each, {code: digest for code, digest in told[each.pk] if digest in set(confirmed)},
            actor=actor, at=at,
        )  # fmt: skip
        kept = set(each.notices.values_list("text_digest", flat=True))
        left |= {digest for _code, digest in told[each.pk]} - kept
    return len(left)


@tx.use_case
def ask_family_signature(
    *, family_id: int, digest: str, actor: Ref, at: datetime, access: people.Access | None = None
) -> str:
    """
    Send the holder one code for the whole as it was shown; the masked phone.

    :raises ChangedWhileSigning: something is not as shown. :raises NoPhone, TooManyCodes: as alone.
    """
    family = _filling(family_id, actor, access, own=True)
    if digest != family_shown(family, _members(family)).digest:
        raise ChangedWhileSigning
    return send_code(
        family.ref, family.number, {"family_id": family.pk}, signer_id=family.holder_id,
        purpose=PURPOSE, digest=digest, at=at,
    )  # fmt: skip


def sign_family(
    *, family_id: int, code: str, actor: Ref, at: datetime, door: str,
    access: people.Access | None = None,
) -> None:  # fmt: skip
    """
    Sign the whole with the code, and thereby each application in it; twice is once.

    A grown-up insured signs their own application on their own phone (保险法 34).

    :raises WrongCode: wrong, used, too old, tried too often. :raises ChangedWhileSigning: something
        changed since the code was sent.
    """
    holder_id = _holder_of(family_id=family_id, actor=actor, access=access)
    signature_id = count_try("family_id", family_id, signer_id=holder_id, purpose=PURPOSE, at=at)
    _sign(
        family_id=family_id, signature_id=signature_id, code=code, actor=actor, at=at, door=door,
        access=access,
    )  # fmt: skip


@tx.use_case
def _holder_of(*, family_id: int, actor: Ref, access: people.Access | None) -> int:
    return int(_filling(family_id, actor, access, own=True).holder_id)


@tx.use_case
def _sign(
    *, family_id: int, signature_id: int | None, code: str, actor: Ref, at: datetime, door: str,
    access: people.Access | None,
) -> None:  # fmt: skip
    family = _filling(family_id, actor, access, own=True)
    members = _members(family)
    shown = family_shown(family, members)
    signed = take_code(
        {"family_id": family.pk}, signature_id, code, digest=shown.digest, at=at, door=door
    )
    Signature.objects.bulk_create(
        (
            Signature(
                application=each, party_id=family.holder_id, purpose=PURPOSE, digest=digest,
                code_hash=signed.code_hash, phone=signed.phone, sent_at=signed.sent_at,
                code_expires_at=signed.code_expires_at, signed_at=at, door=door,
            )
            for each, (_id, digest) in zip(members, shown.content["applications"], strict=True)
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    fact = events.ApplicationSigned(
        person_id=family.holder_id, purpose=PURPOSE, digest=shown.digest, door=door
    )
    journal.record(fact, about=family.ref, actor=actor, at=at, party=family.holder_id)


@tx.use_case
def submit_family(
    *, family_id: int, actor: Ref, at: datetime, access: people.Access | None = None
) -> tuple[tuple[int, str], ...]:
    """
    Hand the whole in: each application is decided by itself, in the same breath; (id, state) of each.

    Somebody who is referred, offered conditions or refused changes nothing for the others, unless the
    holder wants all to begin together. Handing in again answers with how it stands.

    :raises FamilyEmpty: nobody is in it. :raises MeansUnknown: assessed for other people or plans.
    :raises Unsigned: the holder did not sign exactly this, or an insured has not signed theirs; and as
        ``submit`` refuses for each. Then nothing of the whole is handed in.
    """
    family = hold_family(family_id, actor=actor, access=access, own=True)
    if family.submitted_at is not None:
        return tuple(members_of(family.pk).values_list("pk", "state"))
    members = _members(family)
    costs = costs_of(members)
    if any(each.suitability and each.suitability.get("together") != costs for each in members):
        raise MeansUnknown
    digest = family_shown(family, members).digest
    if not family.signatures.filter(digest=digest, signed_at__isnull=False).exists():
        raise Unsigned
    for each in members:
        held = hold(each.pk, actor=actor, access=access, action=Action.SUBMIT, own=True)
        decide_first(held, actor=actor, at=at)
    family.submitted_at = at
    family.save(update_fields=["submitted_at"])
    fact = events.FamilySubmitted(
        applications=tuple(each.pk for each in members), begin_together=family.begin_together,
        pay_together=family.pay_together, digest=digest,
    )  # fmt: skip
    journal.record(fact, about=family.ref, actor=actor, at=at, party=family.holder_id)
    ask_premiums(family, at=at)
    return tuple(members_of(family.pk).values_list("pk", "state"))


@tx.use_case
def stop_waiting(
    *, family_id: int, actor: Ref, at: datetime, access: people.Access | None = None
) -> None:
    """
    Let those who are accepted begin without the others, after all. Twice is once.

    :raises FamilyNotFound: not theirs. :raises ForTheCustomer: an agent's hand.
    """
    family = hold_family(family_id, actor=actor, access=access, own=True)
    if not family.begin_together:
        return
    family.begin_together = False
    family.save(update_fields=["begin_together"])
    fact = events.FamilyStoppedWaiting()
    journal.record(fact, about=family.ref, actor=actor, at=at, party=family.holder_id)
    if family.submitted_at is not None:
        ask_premiums(family, at=at)


@tx.use_case
def ask_customer_to_finish(
    *, family_id: int, actor: Ref, at: datetime, access: people.Access | None = None
) -> None:
    """Tell the holder that a family application was prepared for them, to be finished on their phone."""
    family = _filling(family_id, actor, access)
    versions = sum(each.version for each in _members(family))
    messaging.queue(
        "underwriting.prepared", to=Ref("party", family.holder_id), about=family.ref, at=at,
        facts={"number": family.number}, once=f"prepared {versions}",
    )  # fmt: skip


def _filling(
    family_id: int, actor: Ref, access: people.Access | None, *, own: bool = False
) -> FamilyApplication:
    """The family application, locked, while it can still be changed."""
    family = hold_family(family_id, actor=actor, access=access, own=own)
    if family.submitted_at is not None:
        raise FamilyHandedIn
    return family


def _members(family: FamilyApplication) -> list[Application]:
    """The applications in it, locked, oldest first. :raises FamilyEmpty: there is none."""
    found = list(members_of(family.pk).select_for_update(of=("self",)))
    if not found:
        raise FamilyEmpty
    return found
