"""The demo newspaper and the development identity provider: small apps of their own, each on its own port.

Never part of a production process; they import nothing of the product but `text`.
"""
