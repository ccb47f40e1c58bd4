"""Pictures from outside: checked, turned upright, stripped and re-encoded in a process of their own."""
