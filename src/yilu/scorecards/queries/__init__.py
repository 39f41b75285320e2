"""Reads for doors: figures, what they are made of, the cases behind them, and what is built on them."""

from yilu.kernel.spans import next_month
from yilu.scorecards.queries.boards import OneView, RatingView, five_ones, rate
from yilu.scorecards.queries.campaigns import CampaignView, EffectRow, get_campaign, list_campaigns
from yilu.scorecards.queries.cards import (
    CardView,
    PartView,
    card_of_office,
    card_of_staff,
    closed_periods,
    is_closed,
    list_cards,
    to_close,
)
from yilu.scorecards.queries.cases import (
    EXPORT_MAX,
    PAGES_MAX,
    CasePage,
    CaseRow,
    Slice,
    counted,
    every_case,
)
from yilu.scorecards.queries.coverage import RoleCover, role_coverage
from yilu.scorecards.queries.dashboard import Tile, dashboard, grain_of
from yilu.scorecards.queries.figures import (
    Figure,
    Row,
    Split,
    by,
    counted_since,
    figure,
    figures,
    over_time,
    splits,
)
from yilu.scorecards.queries.initiatives import InitiativeView, list_initiatives
from yilu.scorecards.queries.kpis import GROUPS, KpiView, UnknownKpi, get_kpi, list_kpis
from yilu.scorecards.queries.papers import PaperView, open_paper, papers_of_studies
from yilu.scorecards.queries.reading import ReadSoFar, read_so_far
from yilu.scorecards.queries.schemes import (
    SchemeView,
    draft_of,
    get_scheme,
    known,
    list_schemes,
    versions_of,
)
from yilu.scorecards.queries.stars import (
    BoardView,
    get_board,
    open_boards,
    published_boards,
    times_a_star,
)
from yilu.scorecards.queries.summing import Narrow
from yilu.scorecards.rules.campaigning import THEMES
from yilu.scorecards.rules.periods import quarter_of
from yilu.scorecards.rules.rating import GROUPS as RATING_GROUPS
from yilu.scorecards.rules.rating import INDEX_UNNAMED
from yilu.scorecards.rules.schemes import CORE, SUBJECTS, BadScheme
from yilu.scorecards.rules.splits import SPLITS
from yilu.scorecards.rules.terms import UNITS, Period, period_of
from yilu.scorecards.rules.terms import read as read_period
from yilu.scorecards.rules.together import DEPARTMENTS, Share
from yilu.scorecards.uses import SUGGESTED, VOLUMES

__all__ = [
    "CORE",
    "DEPARTMENTS",
    "EXPORT_MAX",
    "GROUPS",
    "INDEX_UNNAMED",
    "PAGES_MAX",
    "RATING_GROUPS",
    "SPLITS",
    "SUBJECTS",
    "SUGGESTED",
    "THEMES",
    "UNITS",
    "VOLUMES",
    "BadScheme",
    "BoardView",
    "CampaignView",
    "CardView",
    "CasePage",
    "CaseRow",
    "EffectRow",
    "Figure",
    "InitiativeView",
    "KpiView",
    "Narrow",
    "OneView",
    "PaperView",
    "PartView",
    "Period",
    "RatingView",
    "ReadSoFar",
    "RoleCover",
    "Row",
    "SchemeView",
    "Share",
    "Slice",
    "Split",
    "Tile",
    "UnknownKpi",
    "by",
    "card_of_office",
    "card_of_staff",
    "closed_periods",
    "counted",
    "counted_since",
    "dashboard",
    "draft_of",
    "every_case",
    "figure",
    "figures",
    "five_ones",
    "get_board",
    "get_campaign",
    "get_kpi",
    "get_scheme",
    "grain_of",
    "is_closed",
    "known",
    "list_campaigns",
    "list_cards",
    "list_initiatives",
    "list_kpis",
    "list_schemes",
    "next_month",
    "open_boards",
    "open_paper",
    "over_time",
    "papers_of_studies",
    "period_of",
    "published_boards",
    "quarter_of",
    "rate",
    "read_period",
    "read_so_far",
    "role_coverage",
    "splits",
    "times_a_star",
    "to_close",
    "versions_of",
]
