"""Who may do what: the page `access.md`, and what is tried at each door to see that it is true."""
