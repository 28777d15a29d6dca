"""What is said between server and browser: events, commands and close codes.

Written once here, printed for TypeScript by `edusphere contract`, never kept by hand twice.
Data only: nothing in this package acts.
"""

CONTRACT = 1
"""The version of the realtime language, told in `hello`. It grows only when an old browser would misunderstand."""
