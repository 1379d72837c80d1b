import pytest

# No module of tests by its name, yet there are tests in it.
pytest.register_assert_rewrite("tests.house.bad_input")
