from django.apps import AppConfig


class Quality(AppConfig):
    name = "yilu.quality"
    label = "quality"
    verbose_name = "服务质量"

    def ready(self) -> None:
        from . import jobs, reactions  # noqa: F401
