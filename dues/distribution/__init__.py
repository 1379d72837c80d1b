"""Distribution of income between levels by decisions, and settlements between organisations (V-D7)."""
