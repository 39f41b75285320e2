from django.apps import AppConfig


class Servicing(AppConfig):
    name = "yilu.servicing"
    label = "servicing"
