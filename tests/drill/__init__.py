"""The drill of an installation: install, load, back up, lose, restore, upgrade, roll back, rotate keys, kill a node."""
