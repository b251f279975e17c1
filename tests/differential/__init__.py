"""What replayer prints, against what ``migrate`` leaves on real servers."""
