"""What risk says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("risk.signal_cleared", "风险信号已核实")
class SignalCleared:
    """A person looked into a signal and wrote down what it was."""

    signal: str
    holds: bool
