"""Other libraries, run on data of their own: those that are installed."""

import pytest

from conventions.run_libraries import LIBRARIES, differences, run


@pytest.mark.slow
@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_gives_what_as_gives(name):
    found = run(name, rows=(41,), seeds=(2,))
    if found is None:
        pytest.skip(f"{name} is not installed")
    assert found
    assert differences(found) == []
