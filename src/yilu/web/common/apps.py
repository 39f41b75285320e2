from django.apps import AppConfig


class Common(AppConfig):
    name = "yilu.web.common"
    label = "web_common"
