"""The ways of learning: where the knowledge comes from, and what is made of it. Each is one module."""
