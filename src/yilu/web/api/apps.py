from django.apps import AppConfig


class Api(AppConfig):
    name = "yilu.web.api"
    label = "web_api"
