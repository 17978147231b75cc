"""What who runs Lorelei sees and does: replicas, users, jobs of all tenants, the pause. Never what people wrote."""
