"""Numbers of rows on a page and in a chunk. Limits of single requests are defined beside their rules."""

#: Rows of a list per page.
PAGE_ROWS = 50
#: Rows per page where each is a form, a card or a paragraph.
PAGE_LONG_ROWS = 20
#: Rows of a list that are printed or downloaded as the screen shows it; longer ones are narrowed first.
LIST_ROWS = 2_000
#: Rows of such a list that are printed within a request; longer ones are printed by a job.
LIST_ROWS_AT_ONCE = 100
#: Rows that one statement inserts, or names by their ids.
CHUNK = 500
#: Rows that one statement names by their ids with the lookup `among`.
CHUNK_IDS = 10_000
#: Rows that one statement updates, each with values of its own.
CHUNK_UPDATED = 200
#: Rows kept in memory while a whole table is read.
CHUNK_READ = 2000
#: People that a job changes in one transaction.
CHUNK_CHANGED = 200
