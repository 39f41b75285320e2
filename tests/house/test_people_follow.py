"""Whatever names a customer follows when their record is merged: no room is forgotten, no new table either."""

from django.apps import apps
from django.db import models

from yilu.people.models import Party
from yilu.people.operations import following

REFS = {"recipient"}
"""Columns with a written-out reference (``party:7``) by which a room finds what somebody has."""
NOT_BY_PERSON = {
    "about", "subject", "actor", "who", "owner", "said", "asked", "about_label", "customer_said", "customer", "customers", "third_party",
    "third_party_phone",
}  # fmt: skip
"""
Columns that say what a thing is about, or who did it: reached by the thing itself, and kept as it was said.
``customer`` and ``customers`` are numbers of them.
"""


def columns():
    for model in apps.get_models():
        if not any(f.name == "pgh_obj" for f in model._meta.local_fields):
            for field in model._meta.local_fields:
                yield model, field


def test_every_reference_to_a_customer_follows_or_says_why_it_stays():
    followed = {f"{m._meta.label}.{f}" for m, f in following.references()}
    named = {
        f"{model._meta.label}.{field.name}"
        for model, field in columns()
        if (field.is_relation and field.related_model is Party)
        or (not field.is_relation and field.name in {"party_id", *REFS})
    }
    assert named - followed == set(following.STAY)
    assert len(followed) > 80


def test_no_column_names_a_customer_under_another_name():
    odd = {
        f"{model._meta.label}.{field.name}"
        for model, field in columns()
        if not field.is_relation
        and isinstance(field, models.BigIntegerField | models.CharField)
        and ("party" in field.name or "customer" in field.name or field.name.endswith("recipient"))
        and field.name not in {"party_id", *REFS, *NOT_BY_PERSON}
    }
    assert odd == set()
