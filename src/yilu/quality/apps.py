from django.apps import AppConfig


class Quality(AppConfig):
    name = "yilu.quality"
    label = "quality"
    verbose_name = "服务质量"
