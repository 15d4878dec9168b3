"""Measures of generated motion: maximum mean discrepancy and motion statistics."""
