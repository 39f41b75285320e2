"""Who is paid when the insured dies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext_noop as _

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.policies import events, rules
from yilu.policies.models import Beneficiary
from yilu.policies.operations.guards import changeable
from yilu.policies.operations.issuing import NewBeneficiary


class BadBeneficiaries(Invalid):
    """The named persons or their shares do not add up."""

    code = "bad_beneficiaries"
    message = "受益人信息有误"
    hint = "请核对受益人、顺位和份额，同一顺位合计 100%。"


class ConsentOfInsuredMissing(Refusal):
    """Naming or changing a beneficiary needs the insured's consent (保险法 39, 41)."""

    code = "consent_of_insured_missing"
    message = "指定或变更受益人须经被保险人同意"
    hint = "请由被保险人本人确认，或补充其签署的同意书。"


def check_beneficiaries(beneficiaries: Sequence[NewBeneficiary]) -> None:
    """:raises BadBeneficiaries: somebody twice, or shares that do not make 100 %."""
    problem = rules.shares_problem([(b.ordinal, b.share) for b in beneficiaries])
    if len({b.party_id for b in beneficiaries}) != len(beneficiaries):
        problem = problem or _("同一受益人重复")
    if problem:
        raise BadBeneficiaries(problem)


@tx.step
def change_beneficiaries(
    *,
    policy_id: int,
    beneficiaries: Sequence[NewBeneficiary],
    insured_consented: bool,
    actor: Ref,
    at: datetime,
    expressed_on: date | None = None,
) -> None:
    """
    Replace who is paid on death; none named means the heirs by law (法定).

    It counts from ``expressed_on`` (default: today), the day on which holder and insured had both said
    so (解释三 10): what was expressed in the insured's lifetime is kept also where we come to it later.

    :raises ConsentOfInsuredMissing: the insured has not agreed.
    :raises BadBeneficiaries: somebody twice, or shares that do not make 100 %.
    :raises PolicyStateStale: the policy has ended. :raises PolicyRestrained, PremiumHeld: as every
        change. :raises InsuredDied: expressed after the insured's death it is void (解释三 11). Who is paid
        is read as of the day of death (``queries.beneficiaries_for(died_on=…)``).
    """
    if not insured_consented:
        raise ConsentOfInsuredMissing
    check_beneficiaries(beneficiaries)
    policy = changeable(policy_id, at=at, expressed_on=expressed_on)
    Beneficiary.objects.filter(policy=policy).exclude(kind="INSURED_SELF").delete()
    Beneficiary.objects.bulk_create(
        [
            Beneficiary(
                policy=policy, kind="NAMED", party_id=b.party_id, ordinal=b.ordinal, share=b.share
            )
            for b in beneficiaries
        ]
        or [Beneficiary(policy=policy, kind="LEGAL")]
    )
    journal.record(
        events.BeneficiariesChanged(
            beneficiaries=len(beneficiaries),
            insured_consented=insured_consented,
            expressed_on=expressed_on.isoformat() if expressed_on else "",
        ),
        about=policy.ref,
        actor=actor,
        at=at,
        party=policy.holder_id,
    )
