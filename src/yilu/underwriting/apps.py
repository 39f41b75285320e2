from django.apps import AppConfig


class Underwriting(AppConfig):
    name = "yilu.underwriting"
    label = "underwriting"
