from django.apps import AppConfig


class Risk(AppConfig):
    name = "yilu.risk"
    label = "risk"
