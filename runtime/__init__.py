"""How each of our own processes starts: settings, clock, logs, health; it knows nothing about permits."""
