"""What `./dev load` does around Locust: a school of its own, its people, the run, the report, and the end of it all.

Runs in the app's environment; Locust has one of its own (`own_venv`), because gevent changes Python for whoever shares
a process with it.
"""
