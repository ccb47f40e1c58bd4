"""Plays WeChat and WeChat Pay for development, demos, tests and operator training; imports nothing of the product."""
