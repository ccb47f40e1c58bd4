"""Telling what a short Chinese sentence wants: pure core, no Rasa."""
