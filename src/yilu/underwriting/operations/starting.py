"""Begin an application (开始投保), from the customer's phone, by an agent or at the counter."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.underwriting import events
from yilu.underwriting.catalogue import keeping
from yilu.underwriting.models import Application, Needs

from .checking import have_identity_checked
from .holding import RIGHT, hold


class BadStart(Invalid):
    """The channel does not fit whoever starts, or the tap has no key."""

    code = "bad_start"
    message = _("无法开始投保")
    hint = _("请刷新页面后重试。")


@tx.use_case
def start_application(
    *,
    holder_id: int,
    product_code: str,
    channel: str,
    request_key: str,
    actor: Ref,
    at: datetime,
    access: people.Access | None = None,
    agent: people.AgentAccess | None = None,
    needs_id: int | None = None,
) -> int:
    """
    Begin an application of a customer for a product; its id. The same key of the same customer again
    is the same application.

    The customer for themselves; an agent for their own customer; staff with underwriting.apply over
    the customer's office. The holder is insured until somebody else is named.

    :raises PartyNotFound: not the asker's customer. :raises ProductNotFound: not sold today.
    :raises BadStart: without a key, or through a door that is not theirs.
    """
    if channel not in Application.Channel.values:
        raise BadStart
    holder = _see(holder_id, channel, actor, access, agent)
    agent_id = holder.agent_id if channel != "AGENT" else actor.id
    application_id, _fresh = begin(
        holder, product_code=product_code, channel=channel, request_key=request_key,
        agent_id=agent_id, actor=actor, at=at, needs_id=needs_id,
    )  # fmt: skip
    return application_id


@tx.step
def begin(
    holder: people.PartyView, *, product_code: str, channel: str, request_key: str,
    agent_id: int | None, actor: Ref, at: datetime, needs_id: int | None = None,
) -> tuple[int, bool]:  # fmt: skip
    """
    Write a new application of a holder somebody may act for; its id and whether it is new.

    :raises BadStart: without a key. :raises ProductNotFound: not sold today.
    """
    if not 0 < len(request_key) <= 64:
        raise BadStart
    version_id = products.get_version_id(product_code, day_of(at))
    made = tx.rows(
        _INSERT,
        {
            "channel": channel, "holder": holder.id, "office": holder.office_id, "agent": agent_id,
            "by": str(actor), "key": request_key, "version": version_id, "at": at,
            "needs": _own_needs(needs_id, holder.id), "expires": at + timedelta(days=keeping().draft_days),
        },
    )  # fmt: skip
    if not made:
        known = Application.objects.values_list("pk", flat=True)
        return known.get(holder_id=holder.id, request_key=request_key), False
    application_id: int = made[0][0]
    have_identity_checked(application_id, holder.id)
    journal.record(
        events.ApplicationStarted(
            channel=channel, product=product_code, office_id=holder.office_id
        ),
        about=Ref("application", application_id), actor=actor, at=at, party=holder.id,
    )  # fmt: skip
    return application_id, True


_INSERT = """
    insert into underwriting_application (
        id, number, state, channel, holder_id, insured_id, relation, office_id, agent_id, prepared_by,
        request_key, version, draft, needs_id, product_version_id, pay_mode, with_social_insurance,
        occupation, rated_sex, extra_premium, extra_mortality, pay_method, beneficiaries, answers, riders,
        questionnaire, identity, suitability, medical, papers, exclusions, ended_why, renewal_text, started_at,
        expires_at, changed_at)
    select id, 'T' || to_char(%(at)s::timestamptz at time zone 'Asia/Shanghai', 'YYYYMMDD')
               || lpad(id::text, 8, '0'),
           'DRAFT', %(channel)s, %(holder)s::bigint, %(holder)s::bigint, 'SELF', %(office)s::bigint,
           %(agent)s::bigint, %(by)s, %(key)s, 1, '{}', %(needs)s::bigint, %(version)s::bigint, '', false,
           '', '', 0, 0, 'SELF', '[]', '{}', '[]', '', '{}', '{}', '{}', '{}', '[]', '', '', %(at)s::timestamptz,
           %(expires)s::timestamptz, %(at)s::timestamptz
      from (select nextval(pg_get_serial_sequence('underwriting_application', 'id')) as id) as next
    on conflict do nothing
    returning id
"""


def _see(
    holder_id: int,
    channel: str,
    actor: Ref,
    access: people.Access | None,
    agent: people.AgentAccess | None,
) -> people.PartyView:
    if channel == "APP" and actor == Ref("party", holder_id):
        return people.get_party(holder_id)
    if channel == "AGENT" and agent is not None and actor == Ref("agent", agent.agent_id):
        return people.see_party(agent, holder_id)
    if channel == "COUNTER" and access is not None and actor == Ref("staff", access.staff_id):
        holder = people.get_party(holder_id)
        if not access.may(RIGHT, office_id=holder.office_id):
            raise people.PartyNotFound
        return holder
    if actor.kind == "staff" and channel == "COUNTER":
        raise NotAllowed
    raise people.PartyNotFound if actor.kind in {"party", "agent"} else BadStart


def _own_needs(needs_id: int | None, holder_id: int) -> int | None:
    if needs_id is None:
        return None
    found = Needs.objects.filter(pk=needs_id, party_id=holder_id).values_list("pk", flat=True)
    return found.first()


@tx.use_case
def ask_customer_to_go_on(
    *, application_id: int, actor: Ref, at: datetime, access: people.Access | None = None
) -> None:
    """
    Tell the customer that an application was prepared for them, to be finished on their own phone.

    :raises ApplicationNotFound: not the asker's. :raises NotPossibleNow: it has gone on.
    """
    application = hold(application_id, actor=actor, access=access)
    messaging.queue(
        "underwriting.prepared", to=Ref("party", application.holder_id), about=application.ref, at=at,
        facts={"number": application.number}, once=f"prepared {application.version}",
    )  # fmt: skip
