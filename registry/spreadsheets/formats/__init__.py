"""Reading of each file format into raw sheets.

Nothing here imports Django, so that a process of its own (`child`) starts fast and is bounded in memory and time.
"""
