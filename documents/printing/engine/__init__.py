"""From the HTML of sheets to PDFs: knows neither Django nor the database, so that several processes can do it at once.

`layout` alone imports WeasyPrint, which takes half a second, and is itself imported where something is laid out.
"""
