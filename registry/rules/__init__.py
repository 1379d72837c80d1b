"""What the rules of the organisations allow: `check_…` raises with the rule's id, its `can_…` twin answers the screen."""
