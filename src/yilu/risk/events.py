"""What risk says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("risk.signal_cleared", "风险信号已核实")
class SignalCleared:
    """A person looked into a signal and wrote down what it was."""

    signal: str
    holds: bool


@fact("risk.group_cleared", "关联团组已核实")
class GroupCleared:
    """A person looked into a group of linked claims and wrote down what it was."""

    holds: bool


@fact("risk.rules_loaded", "监管规则已装载")
class RulesLoaded:
    """An edition of the published supervision rules was put in force."""

    count: int


@fact("risk.model_trained", "风险模型已训练")
class ModelTrained:
    """A model was trained on what people established, and waits for a person to release it."""

    examples: int
    confirmed: int


@fact("risk.model_released", "风险模型已发布")
class ModelReleased:
    """A person put a model in use."""


@fact("risk.model_retired", "风险模型已停用")
class ModelRetired:
    """A model was taken out of use."""
