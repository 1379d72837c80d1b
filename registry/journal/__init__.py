"""The journal of events, and its pages."""
