"""The demo newspaper and the development identity provider: two small apps, each on its own port.

Never part of a production process; they import nothing of the product but `text`.
"""
