"""Forms of the editor of report forms, and of campaigns and reports."""
