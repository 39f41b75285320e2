"""姓名、证件更正: what was written down wrong, or has changed by law."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel import identity, masks
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.servicing.frame import CHOICE, IDENTITY, Case, Effect, Field, Form, Kind, Quote

REASONS = (
    ("WRONG", _("投保时填写有误")),
    ("RENAMED", _("依法改名")),
    ("NEW_CARD", _("证件号码依法变更")),
)


class NothingToCorrect(Refusal):
    """Neither name nor number was given."""

    code = "nothing_to_correct"
    message = _("请填写要更正的姓名或证件号码")
    hint = _("只填要改的那一项即可，另一项留空。")
    status = 422


def check(case: Case, form: Form) -> None:
    """:raises NothingToCorrect: neither name nor number was given."""
    if not form["name"] and not form["identity"]:
        raise NothingToCorrect


def quote(case: Case, form: Form, on: date) -> Quote:
    """A person compares the card; where the birth date changes, premiums are worked out anew."""
    warnings = []
    if form["identity"]:
        born = identity.read_identity("RESIDENT_ID", form["identity"], today=on).birth_date
        known = people_queries.get_party(case.asker_id).birth_date
        if known is not None and born != known:
            warnings.append(
                _(
                    "出生日期随证件号码变化：以您为被保险人的保单会按真实年龄重新核定保险费，另行与您确认。"
                )
            )
    return Quote(effective_on=on, warnings=tuple(warnings), refer=_("需要与证件原件核对"))


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Every record of this person shows it."""
    changes, rows = {}, []
    if form["name"]:
        changes["name"] = form["name"]
        rows.append((_("姓名"), form["name"]))
    if form["identity"]:
        changes |= {"identity_kind": "RESIDENT_ID", "identity_number": form["identity"]}
        rows.append((_("证件号码"), masks.mask_identity(form["identity"])))
    people.change_particulars(party_id=case.asker_id, changes=changes, actor=actor, at=at)
    return Effect(rows=tuple(rows))


KIND = Kind(
    code="particulars",
    name=_("更正姓名或证件号码"),
    group="CONTACT",
    in_words=_(
        "更正登记错的姓名、证件号码，或依法改名后更新。核对证件后办理，您名下所有保单一起更新。"
    ),
    fields=(
        Field(name="reason", label=_("为什么要更正"), kind=CHOICE, choices=REASONS),
        Field(name="name", label=_("正确的姓名"), required=False, most=40),
        Field(name="identity", label=_("正确的身份证号码"), kind=IDENTITY, required=False),
    ),
    papers=(_("身份证正反面"), _("改名或号码变更的，公安机关证明或户口簿")),
    check=check,
    quote=quote,
    apply=apply,
    about_policy=False,
)
