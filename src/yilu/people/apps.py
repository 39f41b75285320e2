from django.apps import AppConfig


class People(AppConfig):
    name = "yilu.people"
    label = "people"
