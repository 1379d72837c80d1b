"""Workbooks that officers take away."""
