import pytest

# Its name does not begin with `test_`, but it contains tests.
pytest.register_assert_rewrite("tests.house.bad_input")
