"""Trains, gates and publishes one personal adapter per learn job."""
