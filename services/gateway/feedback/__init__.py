"""What users think of the model's answers, and how their corrections get to be learned."""
