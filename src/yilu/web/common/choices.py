"""Choices that are known only when the form is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django import forms


def set_choices(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Give a choice field of a form what may be chosen now."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)
