"""其他继承人: who else inherits, and must agree before one of them goes on alone (民法典 1124、1132)."""

from __future__ import annotations

from yilu.kernel.errors import Refusal
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.servicing.frame import CHOICE, HEIR, HEIRS, Case, Field, Form

RELATIONS = (
    ("SPOUSE", _("配偶")), ("CHILD", _("子女")), ("PARENT", _("父母")), ("OTHER", _("其他继承人")),
)  # fmt: skip
SOME, NONE = "SOME", "NONE"


class HeirsUnclear(Refusal):
    """Somebody is named twice, is the asker, or does not live."""

    code = "heirs_unclear"
    message = _("其他继承人填写有误")
    hint = _(
        "请填写除您以外、仍在世的每一位继承人，每人一次；都放弃或没有的，请选“没有其他继承人”。"
    )
    status = 422


def fields(roles: frozenset[str] = frozenset()) -> tuple[Field, ...]:
    """Whether anybody else inherits, and who; of somebody in one of ``roles`` only, or of everybody."""
    return (
        Field(
            name="others", label=_("还有其他继承人吗"), kind=CHOICE, roles=roles,
            choices=((SOME, _("有，要请他们同意")), (NONE, _("没有其他继承人"))),
        ),
        Field(
            name="heirs", label=_("其他继承人"), kind=HEIRS, choices=RELATIONS, roles=roles,
            only_if=("others", SOME),
        ),
    )  # fmt: skip


def check_heirs(case: Case, form: Form, *, gone: frozenset[int]) -> None:
    """
    ``gone``: whose estate it is. :raises HeirsUnclear: somebody twice, the asker, or somebody dead.
    """
    named = [heir.party_id for heir in form.get("heirs") or ()]
    if len(set(named)) < len(named):
        raise HeirsUnclear(_("同一位继承人填写了两次"))
    if case.asker_id in named:
        raise HeirsUnclear(_("其他继承人里不用填您自己"))
    if any(each in gone or people.died_on(each) is not None for each in named):
        raise HeirsUnclear(_("填写的继承人中有人已经身故"))


def told_heirs(form: Form) -> tuple[tuple[str, str], ...]:
    """For the endorsement: who agreed."""
    named = [heir.party_id for heir in form.get("heirs") or ()]
    if not named:
        return ((_("其他继承人"), _("申请人声明没有其他继承人")),)
    names = people.list_parties(named)
    return ((_("其他继承人"), "、".join(names[each].name for each in named)),)


ASKED_OF_HEIRS = frozenset({HEIR})
