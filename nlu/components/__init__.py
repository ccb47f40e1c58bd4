"""Thin Rasa classes around the pure modules."""
