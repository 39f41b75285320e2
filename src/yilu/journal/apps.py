from django.apps import AppConfig


class Journal(AppConfig):
    name = "yilu.journal"
    label = "journal"
