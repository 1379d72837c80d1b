"""Reading each file format into raw sheets.

Nothing here imports Django, so that a separate process (`child`) starts fast and can be limited in memory and time.
"""
