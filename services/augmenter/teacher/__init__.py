"""Models that help to build datasets: a teacher that writes, and the base model whose own answers are kept."""
