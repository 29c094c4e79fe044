"""What every HTTP surface shares: bodies, problems, actors, CORS, cursors, limits, caching."""
