"""Planning, without a database."""
