"""The `lorelei` command line: a client of the public HTTP API, and the way to start everything on one machine."""
