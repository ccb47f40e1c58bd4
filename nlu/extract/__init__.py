"""Reading values out of a sentence: pure, deterministic functions, no Rasa."""
