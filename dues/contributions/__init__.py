"""Property contributions: set by a conference or general meeting, charged to members, and cancelled (V-D2)."""
