"""The form of a servicing request (保全申请), the same at every door, made from the kind's fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from yilu.documents.operations import Receipt, checked_receipt
from yilu.kernel.errors import NotAllowed, Refusal, said
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access, AgentAccess
from yilu.servicing import queries as servicing
from yilu.servicing.operations import BadForm, start_request
from yilu.web.common.numbers import whole
from yilu.web.common.receipt import receipt_in

SHARE_ROWS = 4
"""How many beneficiaries or heirs a page offers to fill in; the rules take ten."""
FILE_MAX = 20 * 1024 * 1024


class ShareRow:
    """One beneficiary to fill in: the names of its inputs and what stands in them."""

    def __init__(self, n: int, given: Mapping[str, str]) -> None:
        self.n = n
        self.name, self.identity = given.get("name", ""), given.get("identity", "")
        self.ordinal, self.share = given.get("ordinal", "1"), given.get("share", "")


class HeirRow:
    """Another heir to fill in: the names of its inputs and what stands in them."""

    def __init__(self, n: int, given: Mapping[str, str]) -> None:
        self.n = n
        self.name, self.identity = given.get("name", ""), given.get("identity", "")
        self.phone, self.relation = given.get("phone", ""), given.get("relation", "")


class Ask(forms.Form):
    """
    The fields of a kind. What is right is said by the operation: ``show`` puts its words beside.

    ``only_if`` of a field becomes ``data-only-if``: without scripts every field is shown.
    """

    def __init__(
        self, asked: servicing.KindFor, party_id: int, data: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        self.asked = asked
        self.words: dict[str, str] = {}
        for each in asked.fields:
            made = _field(each, party_id)
            if made is not None:
                self.fields[each.field.name] = made

    def raw(self) -> dict[str, Any]:
        """What was filled in, as ``start_request`` takes it."""
        told: dict[str, Any] = {}
        for each in self.asked.fields:
            name, kind = each.field.name, each.field.kind
            if kind == servicing.PERSON:
                told[name] = {
                    part: self.data.get(f"{name}-{part}", "").strip()
                    for part in ("name", "identity")
                }
                if not any(told[name].values()):
                    told[name] = ""
            elif kind == servicing.SHARES:
                told[name] = [
                    row.__dict__ for row in self.share_rows(name) if row.name or row.identity
                ]
            elif kind == servicing.HEIRS:
                told[name] = [
                    row.__dict__ for row in self.heir_rows(name) if row.name or row.identity
                ]
            else:
                told[name] = self.data.get(name, "")
        return told

    def share_rows(self, name: str) -> list[ShareRow]:
        """The rows of beneficiaries, as filled in so far."""
        parts = ("name", "identity", "ordinal", "share")
        return [ShareRow(n, self._parts(name, n, parts)) for n in range(SHARE_ROWS)]

    def heir_rows(self, name: str) -> list[HeirRow]:
        """The rows of other heirs, as filled in so far."""
        parts = ("name", "identity", "phone", "relation")
        return [HeirRow(n, self._parts(name, n, parts)) for n in range(SHARE_ROWS)]

    def _parts(self, name: str, n: int, parts: tuple[str, ...]) -> dict[str, str]:
        return {
            p: self.data.get(f"{name}-{n}-{p}", "").strip()
            for p in parts
            if f"{name}-{n}-{p}" in self.data
        }

    def show(self, refused: BadForm) -> None:
        """Put what the operation says beside each field."""
        self.words = {name: said(text, gettext) for name, text in refused.problems.items()}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields in their order, for the template."""
        shown = []
        for each in self.asked.fields:
            field = each.field
            shown.append(
                {
                    "name": field.name,
                    "label": field.label,
                    "kind": field.kind,
                    "required": field.required,
                    "help": each.tells or field.help,
                    "bound": self[field.name] if field.name in self.fields else None,
                    "shares": self.share_rows(field.name) if field.kind == servicing.SHARES else (),
                    "heirs": self.heir_rows(field.name) if field.kind == servicing.HEIRS else (),
                    "choices": each.choices,
                    "given_name": self.data.get(f"{field.name}-name", ""),
                    "given_identity": self.data.get(f"{field.name}-identity", ""),
                    "problem": self.words.get(field.name, ""),
                    "only_if": "=".join(field.only_if) if field.only_if else "",
                }
            )
        return shown


def _field(asked: Any, party_id: int) -> forms.Field | None:
    field = asked.field
    # What hangs on another answer is wanted only then, which the page cannot know: ``read`` says it.
    label = said(field.label, gettext)
    optional = not field.required or field.only_if is not None
    common: dict[str, Any] = {"label": label, "required": not optional, "initial": asked.given}
    match field.kind:
        case servicing.PERSON | servicing.SHARES | servicing.HEIRS:
            return None
        case servicing.CHOICE:
            choices = [(code, said(text, gettext)) for code, text in asked.choices]
            return forms.ChoiceField(**common, choices=choices, widget=forms.RadioSelect)
        case servicing.ACCOUNT:
            choices = [
                (str(a.id), f"{gettext(a.bank_name)} {a.masked_number}")
                for a in people.list_accounts(party_id)
            ]
            if not field.required and field.only_if is None:
                choices.append(("", gettext("先不选卡，确认后到支付页用微信、支付宝或银行卡支付")))
            if choices and not asked.given:
                common["initial"] = choices[0][0]
            return forms.ChoiceField(**common, choices=choices, widget=forms.RadioSelect)
        case servicing.YES_NO:
            return forms.BooleanField(**{**common, "required": False})
    return forms.CharField(**common, max_length=field.most, widget=_widget(field))


def _widget(field: Any) -> forms.Widget:
    match field.kind:
        case servicing.LONG:
            return forms.Textarea(attrs={"rows": 3, "maxlength": field.most})
        case servicing.DATE:
            return forms.DateInput(attrs={"type": "date"})
        case servicing.MONEY:
            return forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "0.00"})
        case servicing.COUNT:
            return forms.TextInput(attrs={"inputmode": "numeric"})
        case servicing.PHONE:
            return forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})
        case servicing.EMAIL:
            return forms.TextInput(attrs={"type": "email", "autocomplete": "email"})
        case servicing.IDENTITY:
            return forms.TextInput(attrs={"autocomplete": "off", "maxlength": 18})
    return forms.TextInput(attrs={"maxlength": field.most})


def again(raw: Mapping[str, Any]) -> QueryDict:
    """A kept form as what a browser would send, to fill it in again."""
    data = QueryDict(mutable=True)
    for name, value in raw.items():
        if isinstance(value, list):
            names = people.list_parties([int(row["party"]) for row in value])
            for n, row in enumerate(value[:SHARE_ROWS]):
                data[f"{name}-{n}-name"] = names[int(row["party"])].name
                if "share" not in row:
                    data[f"{name}-{n}-relation"] = row["relation"]
                    continue
                data[f"{name}-{n}-ordinal"] = row["ordinal"]
                data[f"{name}-{n}-share"] = f"{(Decimal(row['share']) * 100).normalize():f}"
        elif ":" not in name:
            data[name] = value
    return data


@dataclass(frozen=True)
class Begun:
    """
    What came of the form: the request that was begun, or the form to be shown again and why.

    ``sent`` is a form that came in for what cannot be asked: looking is answered, asking refused.
    """

    asked: servicing.KindFor
    form: Ask
    request_id: int | None = None
    refusal: Refusal | None = None
    sent: bool = False

    @property
    def status(self) -> int:
        """The status of the page that shows it."""
        if self.refusal is not None:
            return self.refusal.status
        return Refusal.status if self.sent and self.asked.problem else 200


def begin(
    request: HttpRequest,
    kind: str,
    *,
    party_id: int,
    policy_id: int | None,
    door: str,
    actor: Ref,
    at: datetime,
    kept: Callable[[int], servicing.RequestView],
    by: Access | AgentAccess | None = None,
) -> Begun:
    """
    Show a kind's form, or begin a request with what was sent; the same at every door.

    ``kept`` reads a request of this door's, whose form is filled in again (``?request=``). A colleague
    says on which earlier day it came on paper; where value goes back it is judged as of then.

    :raises NotAllowed: the right or the branch lacks. Any other refusal is shown beside the form.
    """
    receipt, refusal = _receipt(request, at) if isinstance(by, Access) else (None, None)
    asked = servicing.ask_for(
        kind, party_id=party_id, policy_id=policy_id, door=door, at=at,
        received_on=receipt.on if receipt else None,
    )  # fmt: skip
    form = Ask(asked, party_id, _given(request, asked, kept))
    sent = request.method == "POST"
    if not sent or asked.problem or refusal:
        return Begun(asked, form, refusal=refusal, sent=sent)
    try:
        request_id = start_request(
            kind=kind, form=form.raw(), party_id=party_id, policy_id=policy_id, door=door, by=by,
            actor=actor, at=at, receipt=receipt,
        )  # fmt: skip
    except NotAllowed:
        raise
    except BadForm as refused:
        form.show(refused)
        return Begun(asked, form, refusal=refused)
    except Refusal as refused:
        return Begun(asked, form, refusal=refused)
    return Begun(asked, form, request_id)


def _receipt(request: HttpRequest, at: datetime) -> tuple[Receipt | None, Refusal | None]:
    """The day of receipt that was told, or why it cannot be."""
    told = request.POST if request.method == "POST" else request.GET
    try:
        return checked_receipt(receipt_in(told), not_before=None, at=at), None
    except Refusal as refused:
        return None, refused


def _given(
    request: HttpRequest, asked: servicing.KindFor, kept: Callable[[int], servicing.RequestView]
) -> QueryDict | None:
    if request.method == "POST":
        return request.POST
    request_id = whole(request.GET.get("request"))
    if request_id is None:
        return None
    view = kept(request_id)
    return again(view.raw) if view.kind == asked.kind.code else None
