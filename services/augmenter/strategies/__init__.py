"""Ways of turning material into examples."""
