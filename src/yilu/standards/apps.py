from django.apps import AppConfig


class Standards(AppConfig):
    name = "yilu.standards"
    label = "standards"
