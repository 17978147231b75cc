"""Unit tests of the inference service; none needs vLLM."""
