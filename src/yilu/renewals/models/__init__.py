"""What renewals keeps: premiums that fall due, orders to pay them, the daily run, who is helped."""

from .care import CalendarFeed, Handover, RenewalCase
from .dues import BenefitNotice, PremiumDue, Suspension
from .orders import OrderLine, PremiumOrder
from .runs import DailyRun, RunPart
from .years import NewYear

__all__ = [
    "BenefitNotice",
    "CalendarFeed",
    "DailyRun",
    "Handover",
    "NewYear",
    "OrderLine",
    "PremiumDue",
    "PremiumOrder",
    "RenewalCase",
    "RunPart",
    "Suspension",
]
