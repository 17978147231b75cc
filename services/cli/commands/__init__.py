"""The commands, one module for each group: they parse, call the client and hand results to the output."""
