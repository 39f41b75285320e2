"""Claims that begin with the hospital: a ready claim offered, confirmed with one tap; direct reports."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError

from yilu.claims import events
from yilu.claims.models import Channel, Offer
from yilu.claims.rules.loss import NOTHING_SAID, Loss
from yilu.documents.operations import feed
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.standards import queries as standards

from .again import anew_if_used
from .hand_in import NothingHandedIn, take_invoices
from .holding import hold
from .report import Report, Reported, check_words, get_claimable, take_report
from .unreportable import SaidOtherwise, TypeNotCovered


class OfferNotFound(NotFound):
    """There is no such offer, or it is somebody else's."""

    code = "offer_not_found"
    message = "没有找到这份理赔邀约"
    hint = "请在“我的理赔”中查看；您也可以自己报案。"


class OfferAnswered(Refusal):
    """It was declined, or its time has passed."""

    code = "offer_answered"
    message = "这份理赔邀约已失效"
    hint = "您仍可以自己报案，资料可以重新提交。"


class OfferedToSomebody(Refusal):
    """These invoices made an offer to another patient, or another hospital sent them."""

    code = "offered_to_somebody"
    message = "这些票据已用于另一份理赔邀约"
    hint = "请核对患者和票据号码。"


class ClaimedBefore(Refusal):
    """Nobody is offered what has been claimed already."""

    code = "claimed_before"
    message = "这些票据中有的已经用于理赔"
    hint = "不用再发送；请核对票据号码，或只发送没有用过的票据。"


class FetchConsentMissing(Refusal):
    """A hospital's data may be used only with the person's separate consent."""

    code = "fetch_consent_missing"
    message = "客户未同意向医疗机构调取就诊资料"
    hint = "请先取得客户的单独同意。"
    status = 403


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What one tap made: the claim, and where it stands."""

    claim_id: int
    number: str
    state: str


@tx.use_case
def offer_proactive_claim(
    *, policy_number: str, party_id: int, claim_type: str, provider_id: int,
    invoices: Sequence[dict[str, Any]], loss: Loss = NOTHING_SAID, request_key: str = "",
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Make a ready claim from what a hospital sent and ask the insured to confirm it; the offer's id.

    The same invoices again are the same offer, whatever ``request_key`` they come with. Nothing is claimed before the customer says so, and
    everything that the customer's tap would be refused for is refused here, to whoever can mend it.

    :raises PolicyNotFound: not theirs. :raises PolicyNotInForce, TypeNotCovered: nothing would be paid, so
        nothing is offered; the insured may still report it themselves.
    :raises FetchConsentMissing: the insured has not agreed that we fetch data.
    :raises NothingHandedIn, InvoiceFeedMalformed: no invoice, or one that no claim would take.
    :raises OfferedToSomebody: the invoices belong to another offer. :raises ClaimedBefore: or to a claim.
    :raises SaidOtherwise: the provider used the ``request_key`` for other invoices.
    """
    if not invoices:
        raise NothingHandedIn
    read = [feed.Fed.read(invoice, day_of(at)) for invoice in invoices]
    total = sum((each.row["total"] for each in read), ZERO)
    loss_date = min(_day(invoice) for invoice in invoices)
    key = _key_of(read)
    policy = policies.get_claimable(policy_number, party_id, loss_date)
    insured_id = policy.insured_id
    if claim_type not in policy.terms.claim_types:
        raise TypeNotCovered
    if not people.has_consent(insured_id, "MEDICAL_DATA_FETCH"):
        raise FetchConsentMissing
    if (known := _known_offer(key, provider_id, insured_id)) is not None:
        return known
    if (
        request_key
        and Offer.objects.filter(provider_id=provider_id, request_key=request_key).exists()
    ):
        raise SaidOtherwise
    if feed.known_invoices(read):
        raise ClaimedBefore
    expires_at = at + timedelta(days=standards.whole_figure("claims.offer_days", at))
    try:
        with tx.savepoint():
            offer = Offer.objects.create(
                policy_id=policy.id, party_id=insured_id, provider_id=provider_id,
                claim_type=claim_type, loss_date=loss_date, loss=loss.as_json(), total=total,
                invoices=list(invoices), invoice_key=key, request_key=request_key,
                offered_at=at, expires_at=expires_at,
            )  # fmt: skip
    except IntegrityError:  # the same call at the same time was quicker
        known = _known_offer(key, provider_id, insured_id)
        if known is None:
            raise SaidOtherwise from None
        return known
    journal.record(
        events.ClaimOffered(offer_id=offer.pk, claim_type=claim_type),
        about=Ref("offer", offer.pk), actor=actor, at=at, party=insured_id,
    )  # fmt: skip
    messaging.queue(
        "claims.offered", to=Ref("party", insured_id), about=Ref("offer", offer.pk), at=at,
        copy_agent=True, facts={"amount": str(total), "until": expires_at.isoformat()},
    )  # fmt: skip
    return offer.pk


def _key_of(read: Sequence[feed.Fed]) -> str:
    """What makes invoices the same ones, whoever sends them and in whatever order."""
    numbers = sorted(f"{each.row['code']}:{each.row['number']}" for each in read)
    return hashlib.sha256("|".join(numbers).encode()).hexdigest()


def _known_offer(key: str, provider_id: int, party_id: int) -> int | None:
    """The offer these invoices made before. :raises OfferedToSomebody: for other people or by others."""
    known = Offer.objects.filter(invoice_key=key).first()
    if known is not None and (known.provider_id, known.party_id) != (provider_id, party_id):
        raise OfferedToSomebody
    return None if known is None else known.pk


@anew_if_used
@tx.use_case
def confirm_offer(
    *, offer_id: int, account_id: int | None = None, actor: Ref, at: datetime
) -> Confirmed:
    """
    One tap: the ready claim is reported, its invoices taken in and assessed, in one transaction.

    A second tap returns the same claim. Where the customer names no account, the latest of their
    own is used.

    :raises OfferNotFound: not theirs. :raises OfferAnswered: declined or expired.
    :raises ConsentMissing and the other refusals of a report.
    """
    offer = Offer.objects.select_for_update(of=("self",)).filter(pk=offer_id).first()
    if offer is None or actor != Ref("party", offer.party_id):
        raise OfferNotFound
    if offer.claim_id is not None:
        held = hold(offer.claim_id)
        return Confirmed(held.id, held.number, held.state.value)
    if offer.state != Offer.State.OPEN or at > offer.expires_at:
        raise OfferAnswered
    if account_id is None:
        account_id = next((a.id for a in people.list_accounts(offer.party_id)), None)
    policy = get_claimable(offer.policy_id, offer.party_id, offer.loss_date)
    report = Report(
        policy_number=policy.number, claimant_id=offer.party_id, claim_type=offer.claim_type,
        loss_date=offer.loss_date, channel=Channel.PROACTIVE, request_key=f"offer:{offer.pk}",
        loss=Loss.from_json(offer.loss), claimed_amount=offer.total, account_id=account_id,
    )  # fmt: skip
    reported = take_report(report=report, actor=actor, at=at, policy=policy, arrives_complete=True)
    state, _ = take_invoices(
        hold(reported.claim_id), provider_id=offer.provider_id, invoices=offer.invoices,
        actor=Ref("provider", offer.provider_id), at=at, policy=policy,
    )  # fmt: skip
    Offer.objects.filter(pk=offer.pk).update(
        state=Offer.State.CONFIRMED, claim_id=reported.claim_id, answered_at=at
    )
    return Confirmed(reported.claim_id, reported.number, state.value)


@tx.use_case
def decline_offer(*, offer_id: int, actor: Ref, at: datetime) -> None:
    """Say no to a ready claim; it can still be reported by oneself. :raises OfferNotFound: not theirs."""
    done = Offer.objects.filter(pk=offer_id, party_id=actor.id, state=Offer.State.OPEN).update(
        state=Offer.State.DECLINED, answered_at=at
    )
    if actor.kind != "party" or not done:
        raise OfferNotFound
    journal.record(
        events.OfferDeclined(offer_id=offer_id),
        about=Ref("offer", offer_id), actor=actor, at=at, party=actor.id,
    )  # fmt: skip


@tx.use_case
def expire_offers(*, at: datetime, limit: int = 500) -> int:
    """Close offers whose time has passed; how many."""
    return tx.changed(
        """
        with over as (
            select id from claims_offer where state = 'OPEN' and expires_at < %s::timestamptz
             order by id limit %s::int for update skip locked)
        update claims_offer o set state = 'EXPIRED', answered_at = %s::timestamptz
          from over where o.id = over.id
        """,
        [at, limit, at],
    )


@anew_if_used
@tx.use_case
def report_with_invoices(
    *,
    report: Report,
    provider_id: int,
    invoices: Sequence[dict[str, Any]],
    actor: Ref,
    at: datetime,
) -> tuple[Reported, str]:
    """
    A hospital's system reports a discharge with its invoices: everything in one transaction.

    The claimant has agreed at the hospital's desk. Returns the report and the state the claim is
    in: paid straight through where it is small and clean (出院秒赔), else with a person.

    :raises FetchConsentMissing: the claimant has not agreed that we fetch data; and the refusals of
        a report and of the feed. :raises SaidOtherwise: the same call with other invoices.
    """
    check_words(report, at)
    policy = get_claimable(report.policy_number, report.claimant_id, report.loss_date)
    if not people.has_consent(policy.insured_id, "MEDICAL_DATA_FETCH"):
        raise FetchConsentMissing
    reported = take_report(
        report=replace(report, channel=Channel.PROVIDER), actor=actor, at=at, policy=policy,
        arrives_complete=True,
    )  # fmt: skip
    if not reported.is_new and not reported.merged_from:
        read = [feed.Fed.read(invoice, day_of(at)) for invoice in invoices]
        if not feed.has_all(Ref("claim", reported.claim_id), read):
            raise SaidOtherwise
        return reported, reported.state  # the very same call again: nothing is taken in twice
    state, _ = take_invoices(
        hold(reported.claim_id), provider_id=provider_id, invoices=invoices, actor=actor, at=at,
        policy=policy,
    )  # fmt: skip
    return reported, state.value


def _day(invoice: dict[str, Any]) -> date:
    given = invoice.get("admitted_on") or invoice.get("visited_on") or invoice["issued_on"]
    return given if isinstance(given, date) else date.fromisoformat(str(given))
