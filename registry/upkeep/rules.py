"""Names of signs of life, and the ages at which silence is told."""

import datetime as dt

#: Beginning of the names of workers, and the name of backups.
WORKER, BACKUP = "worker:", "backup"
#: A worker signs every 20 seconds.
WORKER_SILENT_AFTER = dt.timedelta(minutes=2)
#: A backup is made every night.
BACKUP_OLD_AFTER = dt.timedelta(hours=50)
#: Difference between the clocks of this computer and the database from which on terms and codes go wrong.
CLOCKS_APART = dt.timedelta(seconds=60)
