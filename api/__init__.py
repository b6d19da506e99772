"""The doors: command line, HTTP, websockets, and the supervisor that starts everything."""
