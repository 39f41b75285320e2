"""What colleagues do together on a hard case: parts, calls for help, care, agreements to be signed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yilu.claims import operations as claims
from yilu.web.common.numbers import whole
from yilu.web.staff.hard_buttons import Buttons, amount_of, day_of, number_of, paper_of
from yilu.web.staff.talk_notes import note_in

BUTTONS = Buttons()


# -- team ------------------------------------------------------------------------------------------


@BUTTONS.on("team")
def give_part(request: HttpRequest, told: dict[str, Any]) -> str:
    """A part of the case to a colleague."""
    given = request.POST
    claims.give_part(area=given.get("area", ""), staff_id=number_of(given.get("staff")), **told)
    return _("已分派。")


@BUTTONS.on("team")
def finish_part(request: HttpRequest, told: dict[str, Any]) -> str:
    """One's own part is done."""
    given = request.POST
    claims.finish_part(area=given.get("area", ""), result=given.get("result", ""), **told)
    return _("这一部分已办结，结果写入共用记录。")


@BUTTONS.on("team")
def note_and_call(request: HttpRequest, told: dict[str, Any]) -> str:
    """A line in the shared log that calls colleagues."""
    given = request.POST
    claims.note_and_call(
        note=note_in(request),
        staff_ids=[n for n in map(whole, given.getlist("staff")) if n is not None], **told,
    )  # fmt: skip
    return _("已记下，并通知了提到的同事。")


@BUTTONS.on("team")
def seen(request: HttpRequest, told: dict[str, Any]) -> str:
    """One has seen what one was called for."""
    claims.answer_mentions(**told)
    return _("已标记为看过。")


@BUTTONS.on("team")
def order_care(request: HttpRequest, told: dict[str, Any]) -> str:
    """Help before the decision."""
    given = request.POST
    claims.order_care(
        care=claims.Care(
            kind=given.get("kind", ""), words=given.get("words", ""),
            provider_id=whole(given.get("provider")),
            amount=amount_of(given.get("amount")) if given.get("amount") else None,
            scene=given.get("scene", ""),
            expected=amount_of(given.get("expected")) if given.get("expected") else None,
            paper=paper_of(request),
        ),
        **told,
    )  # fmt: skip
    if given.get("kind") == "ADVANCE":
        return _("垫付已提出，由另一位同事批准后付款。")
    return _("协助已安排。")


@BUTTONS.on("team")
def approve_advance(request: HttpRequest, told: dict[str, Any]) -> str:
    """Another person approves an advance of costs."""
    given = request.POST
    approve = given.get("approve") == "yes"
    paid = claims.approve_advance(
        care_id=number_of(given.get("care")),
        approve=approve,
        outcome=given.get("outcome", ""),
        **told,
    )
    if not approve:
        return _("垫付没有批准。")
    if paid is None:
        return _(
            "收款人的身份还没有核实，已请登记机关和柜面核对。核实后请再办理一次，现在没有付款。"
        )
    return _("垫付已批准并发起付款。")


@BUTTONS.on("team")
def finish_care(request: HttpRequest, told: dict[str, Any]) -> str:
    """What came of the help."""
    given = request.POST
    claims.finish_care(
        care_id=number_of(given.get("care")), outcome=given.get("outcome", ""), **told
    )
    return _("协助结果已记录。")


@BUTTONS.on("team")
def part_claims(request: HttpRequest, told: dict[str, Any]) -> str:
    """A merged report stands by itself again."""
    claims.part_claims(reason=request.POST.get("reason", ""), **told)
    return _("已拆分，资料已退回，单独审核。")


# -- agreements ------------------------------------------------------------------------------------


@BUTTONS.on("agreements")
def ask_agreement(request: HttpRequest, told: dict[str, Any]) -> str:
    """Something for the customer to sign."""
    given = request.POST
    claims.ask_agreement(
        kind=given.get("kind", ""), terms=given.get("terms", ""),
        amount=amount_of(given.get("amount")) if given.get("amount") else None,
        lines=_lines(given.get("lines", "")) if given.get("kind") == "REPAYMENT" else (),
        recovery_id=whole(given.get("recovery")), **told,
    )  # fmt: skip
    return _("已发给客户，签名后会在这里显示。")


@BUTTONS.on("agreements")
def withdraw_agreement(request: HttpRequest, told: dict[str, Any]) -> str:
    """It is not to be signed any more."""
    given = request.POST
    claims.withdraw_agreement(
        agreement_id=number_of(given.get("agreement")), reason=given.get("reason", ""), **told
    )
    return _("已收回。")


def _lines(text: str) -> list[tuple[date, Decimal]]:
    """A day and an amount a line. :raises BadAgreement: anything else."""
    read = []
    for line in text.split("\n"):
        parts = line.split()
        if not parts:
            continue
        if len(parts) != 2:
            raise claims.BadAgreement(_("各期每行写一个日期和一个金额"))
        read.append((day_of(parts[0]), amount_of(parts[1])))
    return read
