"""What tests say about whole pages."""

import re


def text(answer) -> str:
    """The page as text."""
    return answer.content.decode()


def bare(answer) -> str:
    """A page without what differs on every page: its own address and its form tokens."""
    page = re.sub(r'name="csrfmiddlewaretoken"\s+value="\w+"', "", text(answer))
    page = re.sub(r'"X-CSRFToken": "\w+"', "", page)
    return re.sub(r'name="next"\s+value="[^"]*"', "", page)


def assert_same_words(theirs, nobodys) -> None:
    """A stranger cannot tell what is somebody else's from what is not there."""
    assert theirs.status_code == nobodys.status_code == 404
    assert bare(theirs) == bare(nobodys)


def typed(told, at=""):
    """What a browser sends of a text that is written by form: rows counted, lines one below the other."""
    sent = {}
    for name, value in told.items():
        if isinstance(value, dict):
            sent |= typed(value, f"{at}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            sent[f"{at}{name}"] = len(value)
            for n, row in enumerate(value):
                sent |= typed(row, f"{at}{name}.{n}.")
        elif isinstance(value, list) and name not in {"roles", "offices"}:
            sent[f"{at}{name}"] = "\n".join(value)
        else:
            sent[f"{at}{name}"] = (
                "yes"
                if value is True
                else value + (name == "right")
                if isinstance(value, int)
                else value
            )
    return sent
