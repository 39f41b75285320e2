from django.apps import AppConfig


class Retention(AppConfig):
    name = "yilu.retention"
    label = "retention"
    verbose_name = "资料保存"

    def ready(self) -> None:
        from . import jobs, reactions  # noqa: F401
