"""Nothing said is lost, whatever breaks: faults put into a running school, and what its people saw of them.

::

    place.py      a real Postgres, a real Valkey and processes of the school, each of which can be broken
    client.py     people as good clients: they send again until answered, come back after a cut, resume
    history.py    what they sent, were answered and heard, with times
    checker.py    history + table → which promises were broken, and the worst figure of each
    timeline.py   a history read in the ways that several checks need
    power.py      whether a run could have found anything at all
    stories/      what is broken when: one module per group of promises
    mutant.py     the school with one of its safeguards taken out: the suite must notice
    report.py     the table of a run

The promises are G1 to G14 (see `promises.py`). A short run is part of `./dev test`; the long one is
`./dev test --faults 30m`.
"""
