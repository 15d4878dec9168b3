"""Human3.6M: ten everyday actions by six people, recorded by motion capture."""
