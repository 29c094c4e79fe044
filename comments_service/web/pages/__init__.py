"""Pages for people: problems explained, the public policy, server-rendered threads."""
