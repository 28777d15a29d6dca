"""What runs inside Locust: people with sockets of our own making, and what is counted of what they hear.

Only `line`, `person` and `together` know gevent and Locust; the rest is plain Python.
"""
