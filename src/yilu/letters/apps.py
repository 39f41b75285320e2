from django.apps import AppConfig


class Letters(AppConfig):
    name = "yilu.letters"
    label = "letters"
