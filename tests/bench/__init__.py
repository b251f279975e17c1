"""Time and memory of whole processes; ``make bench``."""
