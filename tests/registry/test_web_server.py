"""Steps of a web server's worker after it has loaded the application."""

from __future__ import annotations

import subprocess
import sys

SEEN = """
import gc
from registry import gunicorn_conf
before = (gc.get_freeze_count(), gc.get_threshold())
gunicorn_conf.post_worker_init(None)
print(before[0], gc.get_freeze_count() > 1000, before[1] != gc.get_threshold(), gc.isenabled())
"""


def test_a_worker_leaves_what_it_loaded_to_no_collection() -> None:
    told = subprocess.run([sys.executable, "-c", SEEN], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["0", "True", "True", "True"]
