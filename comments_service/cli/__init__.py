"""The `flask` commands: thin, like `web`: parse, call one service, print."""
