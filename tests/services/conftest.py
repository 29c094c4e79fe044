from tests.small_app import app, database_url, now, providers, settings, site

__all__ = ["app", "database_url", "now", "providers", "settings", "site"]
