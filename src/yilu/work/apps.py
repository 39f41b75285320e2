from django.apps import AppConfig


class Work(AppConfig):
    name = "yilu.work"
    label = "work"
