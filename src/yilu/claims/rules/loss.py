"""What is said about a loss, in codes: how it travels from a form to a calculation and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.claims.rules.facts import CIRCUMSTANCES, Diagnosis, Injury, Passing, Stay
from yilu.kernel.errors import Invalid
from yilu.kernel.money import yuan

CAUSES = {"ILLNESS": "疾病", "ACCIDENT": "意外伤害"}
CODE_LENGTH_MAX = 40
PARTS_MAX = 50


class BadLoss(Invalid):
    """What was said about the loss cannot be; the sentence says which part."""

    code = "bad_loss"
    message = "出险情况填写有误"
    hint = "请核对后重新填写。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """
    The circumstances of a loss as they were reported or found out (出险情况).

    ``event_on`` is the day of the accident or of falling ill, where it is not the day of loss.
    Codes only: no names and no free text, so that it can be kept in the file for ever.
    ``premium_share``: premium paid and due, where a wrong age was found; only two persons write it.
    """

    cause: str = "ILLNESS"
    event_on: date | None = None
    circumstances: tuple[str, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    injuries: tuple[Injury, ...] = ()
    stays: tuple[Stay, ...] = ()
    passing: Passing | None = None
    premium_share: tuple[Decimal, Decimal] | None = None

    def check(self, loss_date: date, today: date) -> None:
        """:raises BadLoss: saying what is wrong."""
        if self.cause not in CAUSES:
            raise BadLoss("请选择出险原因：疾病或意外伤害")
        for circumstance in self.circumstances:
            if circumstance not in CIRCUMSTANCES:
                raise BadLoss(f"没有这种出险情形：{circumstance[:CODE_LENGTH_MAX]}")
        if self.event_on is not None and self.event_on > loss_date:
            raise BadLoss("事故或患病日期不能晚于出险日期")
        parts = (*self.diagnoses, *self.injuries, *self.stays)
        if len(parts) > PARTS_MAX:
            raise BadLoss("填写的项目过多")
        for diagnosis in self.diagnoses:
            if not 0 < len(diagnosis.condition) <= CODE_LENGTH_MAX:
                raise BadLoss("疾病代码有误")
            if diagnosis.confirmed_on > today:
                raise BadLoss("确诊日期不能晚于今天")
        for injury in self.injuries:
            if not 1 <= injury.grade <= 10:
                raise BadLoss("伤残等级为 1 至 10 级")
            if injury.assessed_on is not None and injury.assessed_on > today:
                raise BadLoss("伤残评定日期不能晚于今天")
        for stay in self.stays:
            if stay.to_on < stay.from_on:
                raise BadLoss("出院日期不能早于入院日期")
            if stay.from_on > today or stay.icu_days < 0:
                raise BadLoss("住院日期或重症监护天数有误")
        if self.passing is not None and self.passing.died_on > today:
            raise BadLoss("身故日期不能晚于今天")

    def as_json(self) -> dict[str, Any]:
        """As it is kept: empty parts are left out, dates are ISO texts."""
        made: dict[str, Any] = {"cause": self.cause}
        if self.event_on:
            made["event_on"] = self.event_on.isoformat()
        if self.circumstances:
            made["circumstances"] = list(self.circumstances)
        if self.diagnoses:
            made["diagnoses"] = [[d.condition, d.confirmed_on.isoformat()] for d in self.diagnoses]
        if self.injuries:
            made["injuries"] = [
                [i.part, i.grade, i.assessed_on and i.assessed_on.isoformat()]
                for i in self.injuries
            ]
        if self.stays:
            made["stays"] = [
                [s.visit, s.from_on.isoformat(), s.to_on.isoformat(), s.icu_days]
                for s in self.stays
            ]
        if self.passing:
            p = self.passing
            made["passing"] = [p.died_on.isoformat(), p.transport, p.declared]
        if self.premium_share:
            made["premium_share"] = [str(each) for each in self.premium_share]
        return made

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Loss:
        """Read what ``as_json`` wrote."""
        day = date.fromisoformat
        passing, share = kept.get("passing"), kept.get("premium_share")
        return cls(
            cause=kept.get("cause", "ILLNESS"),
            event_on=day(kept["event_on"]) if kept.get("event_on") else None,
            circumstances=tuple(kept.get("circumstances", ())),
            diagnoses=tuple(
                Diagnosis(condition=c, confirmed_on=day(on)) for c, on in kept.get("diagnoses", ())
            ),
            injuries=tuple(
                Injury(part=part, grade=grade, assessed_on=day(on) if on else None)
                for part, grade, on in kept.get("injuries", ())
            ),
            stays=tuple(
                Stay(visit=visit, from_on=day(a), to_on=day(b), icu_days=icu)
                for visit, a, b, icu in kept.get("stays", ())
            ),
            passing=Passing(died_on=day(passing[0]), transport=passing[1], declared=passing[2])
            if passing
            else None,
            premium_share=(yuan(share[0]), yuan(share[1])) if share else None,
        )


NOTHING_SAID = Loss()
"""An illness of which nothing more is known."""
