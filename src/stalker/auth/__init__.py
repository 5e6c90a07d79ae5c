"""Who somebody is: passwords now; it knows neither models nor the database."""

from stalker.auth.passwords import hash_password, needs_rehash, verify_password

__all__ = ["hash_password", "needs_rehash", "verify_password"]
