"""The steps of a push: evaluation, infra validation, blessing, and rollback."""
