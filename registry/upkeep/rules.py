"""Names of signs of life, and the ages at which their absence is reported."""

import datetime as dt

#: Prefix of the names of workers, and the name of backups.
WORKER, BACKUP = "worker:", "backup"
#: A worker gives a sign every 20 seconds.
WORKER_SILENT_AFTER = dt.timedelta(minutes=2)
#: A backup is made every night.
BACKUP_OLD_AFTER = dt.timedelta(hours=50)
#: Difference between the clocks of this computer and the database above which terms and codes go wrong.
CLOCKS_APART = dt.timedelta(seconds=60)
