"""A class at once: many workers, one gradebook, and the table of who earned what."""
