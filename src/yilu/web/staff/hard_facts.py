"""What an assessor establishes about a loss from its papers (认定事实): the calculation starts from it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.people.queries import Access
from yilu.web.common.numbers import whole
from yilu.web.staff.hard_buttons import Buttons, day_of

BUTTONS = Buttons()
IN_HOSPITAL = ("MEDICAL", "ACCIDENT", "ALLOWANCE")
ON_DEATH = ("DEATH", "WAIVER")
OF_THE_HOLDER = ("HOLDER_DEATH", "HOLDER_DISABILITY")
"""What happened to the holder: only a waiver asks for it."""
ROWS_MORE = 2
"""Empty rows after those that are filled in: enough for what one paper says."""


def facts_page(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    """The facts as they stand, each in a row of the form, with what the papers say beside them."""
    found = queries.established(card, access, timezone.now())
    loss = found.loss
    return {
        "facts": found,
        "causes": tuple(claims.CAUSES.items()),
        "diagnoses": (*loss.diagnoses, *[None] * ROWS_MORE) if found.conditions else (),
        "stays": (*loss.stays, *[None] * ROWS_MORE) if card.claim_type in IN_HOSPITAL else (),
        "asks_death": card.claim_type in ON_DEATH,
        "asks_holder": card.claim_type == "WAIVER",
        "injured": card.claim_type in ("DISABILITY", "WAIVER"),
        "apart": _apart(found, card),
    }


def _apart(found: queries.Established, card: queries.ClaimCard) -> list[tuple[str, list[Any]]]:
    """The circumstances in their heaps, what matters under these terms first; empty heaps are left out."""
    heaps: dict[str, list[Any]] = {code: [] for code in ("waives", "excluded", "other")}
    for code, label in claims.CIRCUMSTANCES.items():
        if code in OF_THE_HOLDER:
            heap = (
                "waives" if card.claim_type == "WAIVER" or code in found.loss.circumstances else ""
            )
        else:
            heap = "excluded" if code in found.excluded else "other"
        if heap:
            heaps[heap].append((code, label))
    return [(heap, rows) for heap, rows in heaps.items() if rows]


@BUTTONS.on("facts")
def establish_facts(request: HttpRequest, told: dict[str, Any]) -> str:
    """Write down what the papers say, and calculate anew."""
    card = queries.get_for_staff(told["claim_id"], told["access"])
    found = queries.established(card, told["access"], told["at"])
    claims.establish_facts(loss=_said(request.POST, card, found), **told)
    return _("已认定，并按认定的事实重新理算。")


def _said(given: QueryDict, card: queries.ClaimCard, found: queries.Established) -> claims.Loss:
    """
    The loss as the form says it; what the form does not show stays.

    :raises Invalid: a day that is none. :raises BadLoss: an illness that the terms do not list.
    """
    was = found.loss
    return claims.Loss(
        cause=given.get("cause", ""),
        event_on=day_of(given.get("event_on")) if given.get("event_on") else None,
        circumstances=tuple(given.getlist("circumstances")),
        diagnoses=_diagnoses(given, found) if found.conditions else was.diagnoses,
        injuries=was.injuries,
        stays=_stays(given) if card.claim_type in IN_HOSPITAL else was.stays,
        passing=_passing(given, found) if card.claim_type in ON_DEATH else was.passing,
    )


def _diagnoses(given: QueryDict, found: queries.Established) -> tuple[claims.Diagnosis, ...]:
    listed = dict(found.conditions)
    rows = zip(given.getlist("condition"), given.getlist("confirmed_on"), strict=False)
    told = [(condition, on) for condition, on in rows if condition or on]
    if any(condition not in listed for condition, _on in told):
        raise claims.BadLoss(_("请选择条款约定的疾病"))
    return tuple(
        claims.Diagnosis(condition=condition, confirmed_on=day_of(on)) for condition, on in told
    )


def _stays(given: QueryDict) -> tuple[claims.Stay, ...]:
    names = ("visit", "from_on", "to_on", "icu_days")
    rows = zip(*(given.getlist(name) for name in names), strict=False)
    return tuple(
        claims.Stay(
            visit=visit or f"STAY|{from_on}", from_on=day_of(from_on), to_on=day_of(to_on),
            icu_days=whole(icu or "0") or 0,
        )
        for visit, from_on, to_on, icu in rows
        if from_on or to_on
    )  # fmt: skip


def _passing(given: QueryDict, found: queries.Established) -> claims.Passing | None:
    was = found.loss.passing
    if was is not None and was.declared:  # a court's judgment is recorded on its own page
        return was
    if not given.get("died_on"):
        return None
    transport = given.get("transport", "")
    if transport and transport not in dict(found.transports):
        raise claims.BadLoss(_("请选择条款约定的交通工具"))
    return claims.Passing(died_on=day_of(given.get("died_on")), transport=transport)
