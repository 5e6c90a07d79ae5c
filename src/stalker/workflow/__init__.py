"""What may happen next, and which status follows from which."""
