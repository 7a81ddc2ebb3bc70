"""The contracts: every word that crosses a service boundary, declared once and free of I/O."""
