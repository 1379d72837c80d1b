"""Registering people from a list (U-5): reading the file, recognising its columns, parsing its values."""
