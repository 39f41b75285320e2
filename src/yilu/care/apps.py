from django.apps import AppConfig


class Care(AppConfig):
    name = "yilu.care"
    label = "care"
