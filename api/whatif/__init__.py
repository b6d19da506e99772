"""What-if for people who ask over HTTP: forks and runs that are kept, and the process that plays them."""
