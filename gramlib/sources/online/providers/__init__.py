"""One source a file: which requests it takes, how its answers are read, and what is known to go wrong with it."""
