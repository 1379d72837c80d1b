"""Money paid out of the cash desk: cash expense orders (V-D6)."""
