"""Numbers of rows on a page and in a chunk. Limits of single requests are defined beside their rules."""

#: Rows of a list per page.
PAGE_ROWS = 50
#: Rows per page if each is a form, a card or a paragraph.
PAGE_LONG_ROWS = 20
#: Maximum rows of a list that can be printed or downloaded as shown; longer ones are narrowed first.
LIST_ROWS = 2_000
#: Maximum rows of such a list printed within a request; longer ones are printed by a job.
LIST_ROWS_AT_ONCE = 100
#: Rows inserted by one statement, or selected by id in one.
CHUNK = 500
#: Rows selected by id in one statement with the lookup `among`.
CHUNK_IDS = 10_000
#: Rows updated by one statement, each with its own values.
CHUNK_UPDATED = 200
#: Rows kept in memory while a whole table is read.
CHUNK_READ = 2000
#: People changed by a job in one transaction.
CHUNK_CHANGED = 200
