from django.apps import AppConfig


class Obligations(AppConfig):
    name = "yilu.obligations"
    label = "obligations"
