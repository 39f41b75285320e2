"""Claims in lists, and who may see which."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilu.claims.models import Channel, ClaimType, Lane, Offer, Programme
from yilu.claims.operations.refusals import ClaimNotFound
from yilu.claims.rules.lifecycle import NOTHING_DUE, STATE_LABELS, State
from yilu.kernel import masks, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.words import marked as _
from yilu.people.queries import Access, AgentAccess

from .views import ClaimCard, OfferView

TONES = {
    State.REPORTED: "waiting", State.COLLECTING: "waiting", State.SUPPLEMENT: "waiting",
    State.PAYOUT_PROBLEM: "waiting", State.READING: "moving", State.ASSESSING: "moving",
    State.REVIEW: "moving", State.INVESTIGATING: "moving", State.SECOND_REVIEW: "moving",
    State.APPROVED: "good", State.PAYING: "good", State.PAID: "good", State.DECLINED: "bad",
    State.CLOSED: "over", State.WITHDRAWN: "over", State.MERGED: "over",
}  # fmt: skip
WAITS_FOR = {
    State.REPORTED: _("请提交理赔资料"),
    State.COLLECTING: _("请补齐清单上的资料"),
    State.READING: _("正在识别和核对资料"),
    State.ASSESSING: _("系统正在审核"),
    State.REVIEW: _("理赔人员正在审核"),
    State.SUPPLEMENT: _("请补充通知上列出的资料"),
    State.INVESTIGATING: _("正在核实有关情况"),
    State.SECOND_REVIEW: _("另一位理赔人员正在复核"),
    State.APPROVED: _("请登记收款账户"),
    State.PAYING: _("银行正在付款"),
    State.PAYOUT_PROBLEM: _("请更正收款账户"),
    State.PAID: "",
    State.DECLINED: _("请查看通知书"),
    State.CLOSED: "",
    State.WITHDRAWN: "",
    State.MERGED: _("与先前的报案一并办理"),
}
"""What a claim waits for in each state, as the customer reads it."""
IDENTITY_FIRST = _("付款前核实收款人身份")
ACCOUNT_OF_ANOTHER = _("我们正在与收款方核对账户")
"""Where a hospital or a third party is paid: its account is not the customer's to put right."""

COLUMNS = """
    c.id, c.number, c.claim_type, c.state, c.policy_id, p.number, v.name, c.insured_id, i.name,
    c.claimant_id, c.office_id, c.loss_date, c.reported_at, c.channel, c.programme, c.lane, c.band,
    c.claimed_amount, c.benefit_amount, c.paid_amount, c.version, c.received_on,
    c.state = 'DECLINED' and c.outcome = 'ZERO',
    c.state = 'APPROVED' and exists (select from claims_identitywait w where w.claim_id = c.id and w.until is null),
    c.assignee_id is not null and c.state in ('APPROVED', 'PAYOUT_PROBLEM')
"""
TABLES = """
      from claims_claim c
      join policies_policy p on p.id = c.policy_id
      join products_productversion v on v.id = p.product_version_id
      join people_party i on i.id = c.insured_id
"""
LIST_MAX = 200


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A page of claims, the newest first; ``next`` is the place to go on from."""

    claims: tuple[ClaimCard, ...]
    next: str | None


def card_of(r: tuple[Any, ...]) -> ClaimCard:
    """A row of ``COLUMNS`` as a card."""
    state = State(r[3])
    waits_for = IDENTITY_FIRST if r[23] else ACCOUNT_OF_ANOTHER if r[24] else WAITS_FOR[state]
    return ClaimCard(
        id=r[0], number=r[1], claim_type=r[2], claim_type_label=ClaimType(r[2]).label, state=r[3],
        state_label=NOTHING_DUE if r[22] else STATE_LABELS[state], tone="over" if r[22] else "moving" if r[24] else TONES[state], policy_id=r[4], policy_number=r[5],
        product_name=r[6], insured_id=r[7], insured_name=masks.mask_name(r[8]), claimant_id=r[9],
        office_id=r[10], loss_date=r[11], reported_at=r[12], channel=r[13],
        channel_label=Channel(r[13]).label, programme=r[14], programme_label=Programme(r[14]).label,
        lane=r[15], lane_label=Lane(r[15]).label if r[15] else "", band=r[16], claimed_amount=r[17],
        benefit_amount=r[18], paid_amount=r[19], waits_for=waits_for, version=r[20],
        begun_on=r[21] or day_of(r[12]), nothing_due=r[22],
    )  # fmt: skip


def _one(where: str, parameters: list[Any]) -> ClaimCard:
    found = tx.rows(f"select {COLUMNS} {TABLES} where {where}", parameters)
    if not found:
        raise ClaimNotFound
    return card_of(found[0])


def get_for_customer(claim_id: int, party_id: int) -> ClaimCard:
    """
    A claim of the customer's: as claimant, insured, payee, or one whose own report joined it.

    :raises ClaimNotFound: in the same words for a stranger's claim and one that is not there; the
        same statement runs for both.
    """
    return _one(
        """
        c.id = %s::bigint and (
            c.claimant_id = %s::bigint or c.insured_id = %s::bigint
            or exists (select from claims_payee y where y.claim_id = c.id and y.party_id = %s::bigint
                          and not y.direct)
            or exists (select from claims_claim m
                        where m.merged_into_id = c.id and m.claimant_id = %s::bigint))
        """,
        [claim_id, party_id, party_id, party_id, party_id],
    )


def get_for_staff(claim_id: int, access: Access) -> ClaimCard:
    """A claim of an office this person may view. :raises ClaimNotFound: as for customers."""
    offices = list(access.offices_for("claims.view"))
    return _one("c.id = %s::bigint and c.office_id = any(%s::bigint[])", [claim_id, offices])


def get_for_agent(claim_id: int, access: AgentAccess) -> ClaimCard:
    """
    A claim of a customer the agent serves: one they reported for them, or with the customer's consent.

    :raises ClaimNotFound: as for customers.
    """
    return _one(f"c.id = %s::bigint and {_SERVED}", [claim_id, list(access.agent_ids)])


_SERVED = """
    p.agent_id = any(%s::bigint[])
    and (c.channel = 'AGENT'
         or exists (select from people_consent k
                     where k.party_id = c.claimant_id and k.purpose = 'AGENT_COPY'
                       and k.withdrawn_at is null))
"""


def list_for_party(party_id: int, limit: int = 50) -> tuple[ClaimCard, ...]:
    """A customer's claims, the newest first: their own reports and those about them."""
    rows = tx.rows(
        f"""
        select {COLUMNS} {TABLES}
         where c.id in (
               select id from (select id from claims_claim where claimant_id = %s::bigint
                                order by id desc limit %s::int) as own
               union
               select id from (select id from claims_claim where insured_id = %s::bigint
                                order by id desc limit %s::int) as about
               union
               select claim_id from (select claim_id from claims_payee where party_id = %s::bigint and not direct
                                      order by id desc limit %s::int) as paid)
         order by c.id desc limit %s::int
        """,
        [party_id, limit, party_id, limit, party_id, limit, limit],
    )
    return tuple(card_of(r) for r in rows)


def list_for_agent(
    access: AgentAccess, *, party_id: int | None = None, limit: int = 50
) -> tuple[ClaimCard, ...]:
    """Claims of the customers an agent serves that they may see, the newest first."""
    rows = tx.rows(
        f"select {COLUMNS} {TABLES} where {_SERVED} "
        "and (%s::bigint is null or c.claimant_id = %s::bigint or c.insured_id = %s::bigint) "
        "order by c.id desc limit %s::int",
        [list(access.agent_ids), party_id, party_id, party_id, limit],
    )
    return tuple(card_of(r) for r in rows)


def list_for_policy(policy_id: int, limit: int = 50) -> tuple[ClaimCard, ...]:
    """Claims on one policy, the newest first; the asker's right to the policy is the caller's."""
    rows = tx.rows(
        f"select {COLUMNS} {TABLES} where c.policy_id = %s::bigint order by c.id desc limit %s::int",
        [policy_id, limit],
    )
    return tuple(card_of(r) for r in rows)


def list_related(card: ClaimCard, limit: int = 20) -> tuple[ClaimCard, ...]:
    """Other claims of the same insured, the newest first."""
    rows = tx.rows(
        f"select {COLUMNS} {TABLES} where c.insured_id = %s::bigint and c.id <> %s::bigint "
        "order by c.id desc limit %s::int",
        [card.insured_id, card.id, limit],
    )
    return tuple(card_of(r) for r in rows)


def list_for_staff(
    access: Access,
    *,
    states: tuple[str, ...] = (),
    claim_type: str = "",
    lane: str = "",
    after: str | None = None,
    limit: int = 50,
) -> ClaimPage:
    """
    Claims of the offices this person may view, the newest first, filtered; never counted.

    ``after`` is the ``next`` of the page before. :raises Invalid: for a place that is none.
    """
    limit = min(limit, LIST_MAX)
    wanted, below = ["c.office_id = any(%s::bigint[])"], _read_place(after) if after else None
    given: list[Any] = [list(access.offices_for("claims.view"))]
    for column, value in (("c.claim_type", claim_type), ("c.lane", lane)):
        if value:
            wanted.append(f"{column} = %s")
            given.append(value)
    if states:
        wanted.append("c.state = any(%s::text[])")
        given.append(list(states))
    if below is not None:
        wanted.append("c.id < %s::bigint")
        given.append(below)
    rows = tx.rows(
        f"select {COLUMNS} {TABLES} where {' and '.join(wanted)} order by c.id desc limit %s::int",
        [*given, limit + 1],
    )
    cards = tuple(card_of(r) for r in rows[:limit])
    return ClaimPage(cards, _write_place(cards[-1].id) if len(rows) > limit else None)


def search(access: Access, text: str, limit: int = 20) -> tuple[ClaimCard, ...]:
    """Claims by claim number or policy number, within the offices this person may view."""
    number = "".join(text.split()).upper()
    if len(number) < 4:
        return ()
    rows = tx.rows(
        f"select {COLUMNS} {TABLES} where (c.number = %s or p.number = %s) "
        "and c.office_id = any(%s::bigint[]) order by c.id desc limit %s::int",
        [number, number, list(access.offices_for("claims.view")), limit],
    )
    return tuple(card_of(r) for r in rows)


def list_by_ids(access: Access, claim_ids: Iterable[int]) -> dict[int, ClaimCard]:
    """Those of some claims that this person may view, by id; the others are simply not there."""
    wanted = list(set(claim_ids))[:LIST_MAX]
    rows = tx.rows(
        f"select {COLUMNS} {TABLES} where c.id = any(%s::bigint[]) and c.office_id = any(%s::bigint[])",
        [wanted, list(access.offices_for("claims.view"))],
    )
    return {r[0]: card_of(r) for r in rows}


def find_id(number: str) -> int | None:
    """The id of a claim by its number, for doors that then ask with the asker's right."""
    found = tx.rows("select id from claims_claim where number = %s", [number.strip().upper()])
    return int(found[0][0]) if found else None


# -- ready claims --------------------------------------------------------------------------------


def numbers_of(claim_ids: Iterable[int]) -> dict[int, str]:
    """The claim numbers of these ids that exist, for lists that only name them."""
    rows = tx.rows(
        "select id, number from claims_claim where id = any(%s::bigint[])", [sorted(set(claim_ids))]
    )
    return dict(rows)


def list_offers(party_id: int, *, at: datetime, limit: int = 20) -> tuple[OfferView, ...]:
    """Ready claims that wait for the customer's tap, the newest first."""
    offers = (
        Offer.objects.filter(party_id=party_id, state="OPEN", expires_at__gt=at)
        .select_related("policy__product_version")
        .order_by("-pk")[:limit]
    )
    return tuple(_offer(offer) for offer in offers)


def get_offer(offer_id: int, party_id: int) -> OfferView:
    """One ready claim of the customer's. :raises ClaimNotFound: if it is not theirs."""
    offer = (
        Offer.objects.filter(pk=offer_id, party_id=party_id)
        .select_related("policy__product_version")
        .first()
    )
    if offer is None:
        raise ClaimNotFound
    return _offer(offer)


def _offer(offer: Offer) -> OfferView:
    return OfferView(
        id=offer.pk, policy_number=offer.policy.number,
        product_name=offer.policy.product_version.name, claim_type=offer.claim_type,
        claim_type_label=ClaimType(offer.claim_type).label,
        hospital=str(offer.invoices[0].get("payee_name", "")) if offer.invoices else "",
        loss_date=offer.loss_date, total=offer.total, invoices=len(offer.invoices),
        expires_at=offer.expires_at, state=offer.state, claim_id=offer.claim_id,
    )  # fmt: skip


def _write_place(claim_id: int) -> str:
    return base64.urlsafe_b64encode(str(claim_id).encode()).decode()


def _read_place(text: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, binascii.Error):
        raise Invalid("页码有误", hint="请从第一页重新打开。") from None


def get_for_provider(number: str, provider_id: int) -> ClaimCard:
    """
    A claim for which this hospital or pharmacy handed in an invoice.

    :raises ClaimNotFound: in the same words for others' claims and numbers nobody has.
    """
    return _one(
        """
        c.number = %s and exists (
            select from documents_upload u
             where u.subject = 'claim:' || c.id and u.provider_id = %s::bigint)
        """,
        [number.strip().upper(), provider_id],
    )
