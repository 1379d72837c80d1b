"""Paper forms: each module that defines `FORM` is one form, found by itself; `core` renders them all."""
