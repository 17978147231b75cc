"""Warm Ray actors that train. They know nothing of users, stores or the gate."""
