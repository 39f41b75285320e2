"""What each process remembers: the rules in force and the released model."""

from __future__ import annotations

from yilu.kernel.recall import Recall

from . import publications
from .models import RiskModel, RuleEdition
from .rules import supervision
from .rules.scoring import Model
from .rules.supervision import Rule, Rulebook

RULES, MODEL = "risk.rules", "risk.model"


def _load_rules(_: str) -> Rulebook:
    edition = RuleEdition.objects.order_by("-pk").first()
    if edition is None:
        return supervision.rulebook("随系统提供的节选", publications.excerpt())
    return supervision.rulebook(edition.name, (Rule(*row) for row in edition.rules))


def _load_model(_: str) -> Model | None:
    released = RiskModel.objects.filter(state=RiskModel.State.RELEASED).first()
    return Model(released.kept, released.pk) if released else None


_rules = Recall(RULES, _load_rules)
_model = Recall(MODEL, _load_model)


def rulebook() -> Rulebook:
    """The supervision rules in force."""
    return _rules("")


def released_model() -> Model | None:
    """The model in use, if a person has released one."""
    return _model("")
