"""The moderators' own pages, server-rendered."""
