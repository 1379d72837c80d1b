"""Move the clock of every Python process that has CLOCK_SHIFT in its environment (tests/clock)."""

import os
import time

if shift := os.environ.get("CLOCK_SHIFT"):
    import time_machine

    time_machine.travel(time.time() + float(shift), tick=True).start()
