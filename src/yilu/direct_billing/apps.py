from django.apps import AppConfig


class DirectBilling(AppConfig):
    name = "yilu.direct_billing"
    label = "direct_billing"

    def ready(self) -> None:
        from . import jobs, reactions  # noqa: F401
