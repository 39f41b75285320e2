"""What a thing is called across rooms: clocks, work, letters and history find it by that name alone."""

from collections import defaultdict

from django.apps import apps


def test_no_two_rooms_call_different_things_the_same():
    """Two things of one name would show each other's clocks and history."""
    named = defaultdict(set)
    for model in apps.get_models():
        if isinstance(vars(model).get("ref"), property):
            named[model(pk=1).ref.kind].add(model._meta.app_label)
    assert {kind: rooms for kind, rooms in named.items() if len(rooms) > 1} == {}
    assert len(named) > 20
