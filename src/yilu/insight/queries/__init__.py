"""What doors may read of insight: a file a subject."""

from .years import SimulatedYear, SimulatedYears, simulated_years

__all__ = ["SimulatedYear", "SimulatedYears", "simulated_years"]
