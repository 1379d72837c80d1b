"""Federations and the tree of their organisations: founding, passports, governing bodies, names, moving and ending."""
