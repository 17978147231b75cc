"""Learning from corrected answers: what they tell, and what is preferred over what."""
