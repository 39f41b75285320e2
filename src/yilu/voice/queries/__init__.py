"""What doors and jobs read of voice."""

from yilu.voice.rules.labels import JOURNEYS, SOURCES, WHO
from yilu.voice.rules.scores import Tally as ScoreTally
from yilu.voice.rules.scores import nps

from .analyses import (
    AnalysisView,
    CommentRow,
    TopicView,
    aspect_words,
    count_comments,
    get_analysis,
    get_topic,
    list_analyses,
    list_aspects,
    newest_analysis,
    read_comments,
    topic_comments,
)
from .feedback import (
    FeedbackView,
    card_of,
    feedback_of_party,
    get_feedback,
    inbox,
    inbox_counts,
    is_rated,
    reply_by_link,
    survey_by_link,
)
from .files import (
    BatchView,
    Stored,
    batch_source,
    batch_summary,
    get_batch,
    list_batches,
    list_problems,
)
from .improvements import ImprovementView, get_improvement, list_improvements, list_studies
from .labels import labelled, labels_summary, list_readers, released_reader, to_label
from .reports import ReportView, Told, get_report, list_reports
from .scores import JourneyScore, journey_scores, list_rules, monthly_nps, response_rates

__all__ = [
    "JOURNEYS",
    "SOURCES",
    "WHO",
    "AnalysisView",
    "BatchView",
    "CommentRow",
    "FeedbackView",
    "ImprovementView",
    "JourneyScore",
    "ReportView",
    "ScoreTally",
    "Stored",
    "Told",
    "TopicView",
    "aspect_words",
    "batch_source",
    "batch_summary",
    "card_of",
    "count_comments",
    "feedback_of_party",
    "get_analysis",
    "get_batch",
    "get_feedback",
    "get_improvement",
    "get_report",
    "get_topic",
    "inbox",
    "inbox_counts",
    "is_rated",
    "journey_scores",
    "labelled",
    "labels_summary",
    "list_analyses",
    "list_aspects",
    "list_batches",
    "list_improvements",
    "list_problems",
    "list_readers",
    "list_reports",
    "list_rules",
    "list_studies",
    "monthly_nps",
    "newest_analysis",
    "nps",
    "read_comments",
    "released_reader",
    "reply_by_link",
    "response_rates",
    "survey_by_link",
    "to_label",
    "topic_comments",
]  # fmt: skip
