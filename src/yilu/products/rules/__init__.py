"""Reading and judging what a product is published as: pure, no database."""

from yilu.products.rules.answering import check_answers, is_shown, read_answers
from yilu.products.rules.judging import judge
from yilu.products.rules.lines import line_of
from yilu.products.rules.offers import judge_offering, make_tables, read_offering
from yilu.products.rules.pointing import clauses_to_point_out
from yilu.products.rules.reading import Problem, read_as, read_terms, to_plain
from yilu.products.rules.words import amount_of, words_of

__all__ = [
    "Problem",
    "amount_of",
    "check_answers",
    "clauses_to_point_out",
    "is_shown",
    "judge",
    "judge_offering",
    "line_of",
    "make_tables",
    "read_answers",
    "read_as",
    "read_offering",
    "read_terms",
    "to_plain",
    "words_of",
]
