"""csaudit: batch auditor of exported e-commerce customer-service chat logs."""

__version__ = "0.1.0"
