from django.apps import AppConfig


class Renewals(AppConfig):
    name = "yilu.renewals"
    label = "renewals"

    def ready(self) -> None:
        from . import jobs, reactions  # noqa: F401
