"""Reminders of dues for many members, by e-mail and on paper."""
