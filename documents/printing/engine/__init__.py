"""Rendering of HTML sheets to PDF, without Django and the database, so that several processes can work in parallel.

Only `layout` imports WeasyPrint, which takes half a second, and is itself imported only when needed.
"""
