"""
After two years of suspension: the machine prepares, a person ends the contract, with a letter.

The law gives the insurer a right to rescind then, and no more (保险法 37): the contract does not end by
itself, and what a right does to a customer is a person's decision. Until it is taken the way back stays
open wherever both agree.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Stale
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries
from yilu.renewals import events
from yilu.renewals.models import RenewalCase, Suspension
from yilu.renewals.operations import caring
from yilu.renewals.operations.reminding import named
from yilu.renewals.operations.span import NOT_HELD, Span

ASK_AGAIN = timedelta(days=90)
"""A person who lets the contract be is asked again after so long."""


class NotOverYet(Stale):
    """The contract is not suspended any more, or its two years have not passed."""

    code = "window_not_over"
    message = _("这张保单不在复效期满待决定的状态")
    hint = _("请刷新后核对：客户可能已经复效，或保单已经终止。")


_OVER = f"""
    select s.id
      from renewals_suspension s
      join policies_policy p on p.id = s.policy_id
     where s.policy_id >= %(first)s::bigint and s.policy_id < %(end)s::bigint and s.ended_on is null
       and s.window_ends_on < %(day)s::date and p.state = 'SUSPENDED' and p.main_id is null
       and {NOT_HELD}
       and not exists (select from renewals_renewalcase c
                        where c.suspension_id = s.id
                          and (c.closed_at is null or c.closed_at > %(asked)s::timestamptz))
     order by s.id
"""


def prepare_ends(span: Span) -> int:
    """Open a case for every contract whose two years are over: a person decides (保险法 37)."""
    found = [row[0] for row in tx.rows(_OVER, span.given(asked=span.at - ASK_AGAIN))]
    for suspension in Suspension.objects.select_related("policy").filter(pk__in=found):
        caring.open_end(suspension=suspension, at=span.at)
    return len(found)


_NAMED = """
    select p.number, r.name, p.suspended_on from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.id = %s::bigint and p.state = 'SUSPENDED'
"""


@tx.use_case
def end_lapsed(
    *, case_id: int, expected: Decimal, note: str, access: Access, actor: Ref, at: datetime
) -> Decimal:
    """
    Rescind a contract whose two years are over, give its value back and write the letter; how much.

    ``expected`` is the sum the person saw. It goes to the holder's own account; where there is none, or
    the holder has died, it stays on the contract as theirs, and policies finds somebody who asks. Twice
    is refused.

    :raises CaseNotFound: none, or another office's. :raises CaseClosedAlready: somebody was faster.
    :raises NotOverYet: reinstated or ended meanwhile. :raises ValueChanged: another sum now.
    :raises PolicyRestrained, PremiumHeld: frozen, pledged, or a question is open.
    """
    case = caring.hold_case(case_id, access)
    today, found = day_of(at), tx.rows(_NAMED, [case.policy_id])
    if case.suspension is None or not found or case.suspension.window_ends_on >= today:
        raise NotOverYet
    until, policy_id, holder_id = case.suspension.window_ends_on, case.policy_id, case.holder_id
    number, product, suspended_on = found[0]
    parts, account = policy_queries.surrender_of(policy_id, today), _account_of(holder_id)
    policies.surrender(
        policy_id=policy_id, expected=expected, about=case.ref, actor=actor, at=at,
        ending="LAPSED", keep=account is None,
    )  # fmt: skip
    case.note = "\n".join(filter(None, [case.note, note.strip()]))[:500]
    caring.close_case(case, "ENDED", actor, at)
    if expected > ZERO and account is not None:
        _pay(case, account, expected, at)
    _tell(case, number, product, until, expected, actor, at)
    letters.issue(
        kind="RESCINDED", about=Ref("policy", policy_id), party_id=holder_id,
        facts=_letter(number, product, suspended_on, until, parts, expected, today), actor=actor,
        at=at,
    )  # fmt: skip
    return expected


def _letter(
    number: str, product: str, suspended_on: date, until: date,
    parts: tuple[policy_queries.Surrender, ...], pays: Decimal, today: date,
) -> dict[str, object]:  # fmt: skip
    rows = []
    for part in parts:
        for label, amount in (
            ("现金价值", part.cash_value), ("留存的生存金及利息", part.survival),
            ("留存的红利及利息", part.dividends), ("溢交款", part.suspense),
            ("扣还借款本息", -part.owed),
        ):  # fmt: skip
            if amount:
                rows.append({"label": label, "text": f"{amount:,.2f} 元"})
    return {
        "policy": number, "product": product, "suspended_on": suspended_on.isoformat(),
        "until": until.isoformat(), "decided_on": today.isoformat(), "amount": str(pays),
        "rows": rows or [{"label": "现金价值", "text": "0.00 元"}],
    }  # fmt: skip


def _tell(
    case: RenewalCase,
    number: str,
    product: str,
    until: date,
    pays: Decimal,
    actor: Ref,
    at: datetime,
) -> None:
    about = Ref("policy", case.policy_id)
    facts = {
        "policies": named([(product, number)]), "until": until.isoformat(), "amount": str(pays),
    }  # fmt: skip
    messaging.queue(
        "renewals.window_closed", to=Ref("party", case.holder_id), about=about, at=at, facts=facts,
        copy_agent=True,
    )  # fmt: skip
    fact = events.WindowClosed(until=until.isoformat(), pays=str(pays))
    journal.record(fact, about=about, actor=actor, at=at, party=case.holder_id)


def _account_of(holder_id: int) -> int | None:
    """An account the holder can be paid to; None where a person has to find out."""
    if people.died_on(holder_id) is not None:
        return None
    return next((account.id for account in people.list_accounts(holder_id)), None)


def _pay(case: RenewalCase, account_id: int, pays: Decimal, at: datetime) -> None:
    assert case.suspension is not None
    wanted = policies.PayOut(
        about=case.suspension.ref, to_party=case.holder_id, account_id=account_id,
        amount=pays, purpose="SURRENDER", key="window_closed", made_with=(case.holder_id,),
    )  # fmt: skip
    policies.pay_out([wanted], at=at)
