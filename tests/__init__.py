"""The tests; a package, so that helpers of theirs can be imported by name."""
