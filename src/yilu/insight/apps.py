from django.apps import AppConfig


class Insight(AppConfig):
    name = "yilu.insight"
    label = "insight"
