"""What people do in each hour of a school's day. Each file is a locustfile of its own; `day.py` has their figures."""
