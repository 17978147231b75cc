"""One command, all services, one machine."""
