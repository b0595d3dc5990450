"""Real servers for the tests: started here, filled with a small company's fleet, stopped again."""
