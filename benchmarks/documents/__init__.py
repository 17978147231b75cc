"""Measures lessons from documents and from the web: seconds by stage, what survives selection, what is known after."""
