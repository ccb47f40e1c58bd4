"""Starts everything that Gongju needs on one machine, in order, and stops it in reverse; nothing outlives it."""
