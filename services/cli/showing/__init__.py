"""How results look to people: tables, bars, the card that closes a lesson. Knows nothing of HTTP."""
