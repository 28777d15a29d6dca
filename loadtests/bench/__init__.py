"""`python -m loadtests.bench`: what a school costs, measured from outside on a school served in a process of its own.

CPU seconds and memory are read from /proc (so: on Linux), per process, for the app and for its Postgres apart. Every
figure is the median of several runs, with the least and the most beside it; on a shared machine trust CPU and ratios,
not a lone wall-clock time.
"""
