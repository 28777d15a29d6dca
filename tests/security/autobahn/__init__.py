"""Our websockets against the Autobahn test suite: `./dev check --autobahn`."""
