"""Human evaluation (table 5): people rate generated clips beside real ones."""
