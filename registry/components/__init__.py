"""Components of pages: functions that return HTML. `registry/templatetags/ui.py` makes tags of them.

They are functions and not templates because a page has hundreds of them. Every value that comes from outside goes
through `shown` or `format_html`.
"""
