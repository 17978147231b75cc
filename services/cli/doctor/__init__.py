"""`lorelei doctor`: one small function for each check, data in, result out, with what to do about it."""
