from django.apps import AppConfig


class Policies(AppConfig):
    name = "yilu.policies"
    label = "policies"

    def ready(self) -> None:
        """Have the worker move policies whose day has come."""
        from . import jobs  # noqa: F401
