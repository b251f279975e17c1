"""What the operations that aren't plain gave the state, and what they gave the database."""
