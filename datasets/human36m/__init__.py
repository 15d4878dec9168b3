"""Human3.6M: ten everyday actions of seven people, recorded by motion capture."""
