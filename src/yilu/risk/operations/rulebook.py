"""Loading the supervision rules that an insurer has fetched from the publisher."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.risk import events, memory
from yilu.risk.models import RuleEdition
from yilu.risk.rules.supervision import Rule
from yilu.standards import operations as standards


class NoRules(Invalid):
    """An edition without rules would silently switch every check off."""

    code = "no_rules"
    message = "没有可装载的监管规则"
    hint = "请检查文件夹里是否有国家医保局公布的规则表格（.xlsx）。"


@tx.use_case
def load_rules(*, name: str, rules: Sequence[Rule], actor: Ref, at: datetime) -> int:
    """
    Put an edition of the rules in force, from the next claim on; earlier ones are kept.

    :raises NoRules: without a single rule.
    """
    if not rules:
        raise NoRules
    kept = [[r.kind, r.name, r.value, r.source, r.note, r.period] for r in rules]
    edition = RuleEdition.objects.create(
        name=name[:80], rules=kept, count=len(kept), loaded_by=str(actor), loaded_at=at
    )
    standards.touch(memory.RULES)
    journal.record(
        events.RulesLoaded(count=len(kept)), about=Ref("risk_rules", edition.pk), actor=actor, at=at
    )
    return int(edition.pk)
