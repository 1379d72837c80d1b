"""Printing: rendering of papers to PDF, for one member or many, and the record of prints."""
