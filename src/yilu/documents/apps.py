from django.apps import AppConfig


class Documents(AppConfig):
    name = "yilu.documents"
    label = "documents"
