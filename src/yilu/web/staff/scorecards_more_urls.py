"""The addresses of cards, five ones, rating, stars and campaigns, below ``scorecards/``."""

from __future__ import annotations

from django.urls import path

from yilu.web.staff import scorecards_board as board
from yilu.web.staff import scorecards_campaigns as campaigns
from yilu.web.staff import scorecards_cards as cards
from yilu.web.staff import scorecards_others as others
from yilu.web.staff import scorecards_rating as rating
from yilu.web.staff import scorecards_schemes as schemes
from yilu.web.staff import scorecards_stars as stars

urlpatterns = [
    path("cards", cards.cards, name="score_cards"),
    path("cards/chart", cards.chart, name="score_card_chart"),
    path("cards/close", cards.close, name="score_close"),
    path("cards/people/<int:staff_id>", cards.person, name="score_card"),
    path("cards/offices/<int:office_id>", cards.office, name="score_card_office"),
    path("cards/<int:card_id>/correct", cards.correct, name="score_correct"),
    path("schemes", schemes.schemes, name="score_schemes"),
    path("schemes/edit", schemes.edit, name="score_scheme_edit"),
    path("schemes/<int:scheme_id>", schemes.scheme, name="score_scheme"),
    path("schemes/<int:scheme_id>/<slug:name>", schemes.act, name="score_scheme_act"),
    path("five-ones", board.five_ones, name="score_five"),
    path("five-ones/<slug:code>", board.chart, name="score_five_chart"),
    path("rating", rating.rating, name="score_rating"),
    path("rating/<slug:name>", rating.chart, name="score_rating_chart"),
    path("stars", stars.stars, name="score_stars"),
    path("stars/begin", stars.begin, name="score_stars_begin"),
    path("stars/<int:board_id>", stars.board, name="score_star_board"),
    path("stars/<int:board_id>/<slug:name>", stars.act, name="score_star_act"),
    path("campaigns", campaigns.campaigns, name="score_campaigns"),
    path("campaigns/<int:campaign_id>", campaigns.campaign, name="score_campaign"),
    path("campaigns/<int:campaign_id>/chart", campaigns.chart, name="score_campaign_chart"),
    path("campaigns/<int:campaign_id>/close", campaigns.close, name="score_campaign_close"),
    path("initiatives", others.initiatives, name="score_initiatives"),
    path("initiatives/<int:initiative_id>/decide", others.decide, name="score_initiative_decide"),
    path("outside", others.outside, name="score_outside"),
    path("outside/chart", others.outside_chart, name="score_outside_chart"),
    path("outside/<int:study_id>/paper", others.add_paper, name="score_paper_add"),
    path("outside/papers/<int:paper_id>", others.paper, name="score_paper"),
]
