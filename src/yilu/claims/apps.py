from django.apps import AppConfig


class Claims(AppConfig):
    name = "yilu.claims"
    label = "claims"
