"""Where what is to be learned comes from."""
