"""The form of a servicing request (保全申请), the same at every door, made from the kind's fields."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from yilu.kernel.errors import said
from yilu.people import queries as people
from yilu.servicing import queries as servicing
from yilu.servicing.operations import BadForm

SHARE_ROWS = 4
"""How many beneficiaries a page offers to fill in; the rules take ten."""
FILE_MAX = 20 * 1024 * 1024


class ShareRow:
    """One beneficiary to fill in: the names of its inputs and what stands in them."""

    def __init__(self, n: int, given: Mapping[str, str]) -> None:
        self.n = n
        self.name, self.identity = given.get("name", ""), given.get("identity", "")
        self.ordinal, self.share = given.get("ordinal", "1"), given.get("share", "")


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
            else:
                told[name] = self.data.get(name, "")
        return told

    def share_rows(self, name: str) -> list[ShareRow]:
        """The rows of beneficiaries, as filled in so far."""
        parts = ("name", "identity", "ordinal", "share")
        return [
            ShareRow(
                n,
                {
                    p: self.data.get(f"{name}-{n}-{p}", "").strip()
                    for p in parts
                    if f"{name}-{n}-{p}" in self.data
                },
            )
            for n in range(SHARE_ROWS)
        ]

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
                    "help": field.help,
                    "bound": self[field.name] if field.name in self.fields else None,
                    "shares": self.share_rows(field.name) if field.kind == servicing.SHARES else (),
                    "given_name": self.data.get(f"{field.name}-name", ""),
                    "given_identity": self.data.get(f"{field.name}-identity", ""),
                    "problem": self.words.get(field.name, ""),
                    "only_if": "=".join(field.only_if) if field.only_if else "",
                }
            )
        return shown


def _field(asked: Any, party_id: int) -> forms.Field | None:
    field = asked.field
    label, optional = said(field.label, gettext), not field.required
    common: dict[str, Any] = {"label": label, "required": not optional, "initial": asked.given}
    match field.kind:
        case servicing.PERSON | servicing.SHARES:
            return None
        case servicing.CHOICE:
            choices = [(code, said(text, gettext)) for code, text in asked.choices]
            return forms.ChoiceField(**common, choices=choices, widget=forms.RadioSelect)
        case servicing.ACCOUNT:
            choices = [
                (str(a.id), f"{gettext(a.bank_name)} {a.masked_number}")
                for a in people.list_accounts(party_id)
            ]
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
                data[f"{name}-{n}-ordinal"] = row["ordinal"]
                data[f"{name}-{n}-share"] = f"{(Decimal(row['share']) * 100).normalize():f}"
        elif ":" not in name:
            data[name] = value
    return data
