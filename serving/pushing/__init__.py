"""The road into a served folder: evaluation, validation, blessing, push and rollback."""
