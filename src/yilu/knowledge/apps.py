from django.apps import AppConfig


class Knowledge(AppConfig):
    name = "yilu.knowledge"
    label = "knowledge"
    verbose_name = "知识"
