"""Contracts for which somebody's data must be kept, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Keeps, still_open
from yilu.policies.models import Policy, Restraint
from yilu.products import queries as products
from yilu.retention import queries as retention

LONG = _("保险法第八十七条：保险期间超过一年的合同，资料自终止之日起至少保存十年")
SHORT = _("保险法第八十七条：保险期间一年以下的合同，资料自终止之日起至少保存五年")


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """Every contract the person holds, is insured by or benefits from, or has a pledge on, in force or ended."""
    ids = list(party_ids)
    concerned = Policy.objects.filter(
        Q(holder_id__in=ids)
        | Q(insured_id__in=ids)
        | Q(pk__in=Policy.objects.filter(beneficiaries__party_id__in=ids).values("pk"))
    )
    for pk, number, ended_on, version in concerned.values_list(
        "pk", "number", "ended_on", "product_version_id"
    ):
        ref, what = f"policy:{pk}", Sentence(_("保单 {number}"), number=number)
        if ended_on is None:
            yield still_open(ref, what)
            continue
        long_term = products.get_terms(version).long_term
        until = retention.contract_kept_until(ended_on, long_term=long_term, on=on)
        yield Keeps(ref, what, LONG if long_term else SHORT, until)
    pledges = Restraint.objects.filter(in_favour_of_id__in=ids, lifted_at=None)
    for pk, number in pledges.values_list("policy_id", "policy__number"):
        yield still_open(f"policy:{pk}", Sentence(_("保单 {number} 的质权"), number=number))
