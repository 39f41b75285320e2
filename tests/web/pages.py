"""What tests say about whole pages."""

import re


def text(answer) -> str:
    """The page as text."""
    return answer.content.decode()


def bare(answer) -> str:
    """A page without what differs on every page: its own address and its form tokens."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text(answer))
    page = re.sub(r'"X-CSRFToken": "\w+"', "", page)
    return re.sub(r'name="next" value="[^"]*"', "", page)


def assert_same_words(theirs, nobodys) -> None:
    """A stranger cannot tell what is somebody else's from what is not there."""
    assert theirs.status_code == nobodys.status_code == 404
    assert bare(theirs) == bare(nobodys)
