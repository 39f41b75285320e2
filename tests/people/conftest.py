"""Whom the tests of people begin with."""

import pytest

from tests import cast, make


@pytest.fixture
def cast_():
    return cast.assemble()


@pytest.fixture
def office():
    return make.office()
