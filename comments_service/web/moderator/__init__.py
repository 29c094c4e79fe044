"""The moderators' own pages, rendered here and complete without JavaScript.

How a moderator logs in is in `web.oauth.staff`, what a session may do in `web.http.staff`.
`routes.py` has all addresses on one page. Start reading there.
"""
