"""Papers: each module declares one or several, which `core.papers` discovers."""
