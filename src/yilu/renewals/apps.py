from django.apps import AppConfig


class Renewals(AppConfig):
    name = "yilu.renewals"
    label = "renewals"
