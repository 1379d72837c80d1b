"""Forms of the ground floor: they parse what was typed; rules live in `registry.rules`."""
