"""Components of pages: functions that return HTML. `registry/templatetags/ui.py` registers them as template tags.

They are functions rather than templates because a page contains hundreds of them. Every outside value is escaped by
`rendered` or `markup`.
"""
