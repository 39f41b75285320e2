"""大字版与陪同办理: for old people, and everybody who would rather not do it alone."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.people import queries
from yilu.servicing.frame import YES_NO, Case, Effect, Field, Form, Kind, Quote


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """The pages are in large type; requests go to a person who calls first."""
    people.choose_display(party_id=case.asker_id, large_type=form["large_type"], actor=actor, at=at)
    people.set_assistance(party_id=case.asker_id, assisted=form["assisted"], actor=actor, at=at)
    on, off = _("已开启"), _("已关闭")
    return Effect(
        rows=(
            (_("大字版"), on if form["large_type"] else off),
            (_("陪同办理"), on if form["assisted"] else off),
        )
    )


KIND = Kind(
    code="assistance",
    name=_("大字版与陪同办理"),
    group="SELF",
    in_words=_("页面换成大字；需要的话，办业务时由工作人员一步步陪您办，不收费用。"),
    fields=(
        Field(
            name="large_type", label=_("使用大字版"), kind=YES_NO,
            given=lambda case: queries.get_party(case.asker_id).large_type,
        ),
        Field(
            name="assisted", label=_("办业务时请工作人员陪我"), kind=YES_NO,
            given=lambda case: queries.service_wishes(case.asker_id).assisted,
        ),
    ),
    apply=apply,
    about_policy=False,
    letter=False,
)  # fmt: skip
