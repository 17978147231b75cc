"""The inference service in its own process, with the real engine and the real model."""
