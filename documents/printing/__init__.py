"""Printing: from contexts to PDFs, for one person or many, and the record of what was printed."""
