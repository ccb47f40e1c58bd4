"""One folder per outside system that the backend talks to."""
