"""Measures what the product costs and how fast it is, beside plain Rasa on the same domain and data."""
