"""Rasa's action server: turn what was understood into one backend command, and say what the backend answered."""
