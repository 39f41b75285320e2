from django.apps import AppConfig


class Underwriting(AppConfig):
    name = "yilu.underwriting"
    label = "underwriting"

    def ready(self) -> None:
        from . import jobs, reactions  # noqa: F401
